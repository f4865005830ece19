//! A record as the panel of the DNS host wants it: name, labels, place.
