//! Who sends, who hosts mail, who hosts DNS: facts read from the embedded `assets/`.
