//! Reads what people paste from a service's console: names and values of records in all their disguises.
