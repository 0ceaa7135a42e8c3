"""The shape of the project: sizes, imports, names, languages, licences, what may be committed."""
