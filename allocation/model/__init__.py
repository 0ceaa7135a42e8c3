"""The vocabulary: frozen records of households, dwellings, agreements, quotas, meetings."""

from allocation.model.application import Application, Choice, Fact, Member
from allocation.model.meeting import Forecast, Meeting, Setting
from allocation.model.quota import Group, QuotaRule, ShareStep, Unused
from allocation.model.register import Confirmation, Register
from allocation.model.schema import TABLE_BY_NAME, TABLES, Column, TableSchema
from allocation.model.table import MISSING_CHOICE, MISSING_INTEGER, Table

__all__ = [
    "MISSING_CHOICE",
    "MISSING_INTEGER",
    "TABLES",
    "TABLE_BY_NAME",
    "Application",
    "Choice",
    "Column",
    "Confirmation",
    "Fact",
    "Forecast",
    "Group",
    "Meeting",
    "Member",
    "QuotaRule",
    "Register",
    "Setting",
    "ShareStep",
    "Table",
    "TableSchema",
    "Unused",
]
