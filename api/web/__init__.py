"""What every page is made with: templates, style sheet, the visitor's cookie, refusals as pages."""
