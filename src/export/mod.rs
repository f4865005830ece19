//! The records in the form that a panel, a zone file or a script wants. One table, [`FORMATS`], one file a format.
