//! Which DMARC Policy Record applies to a domain: the DNS Tree Walk (RFC 9989, section 4.10), with the public suffix list beside it.
