//! Tag lists `name=value; name=value` as DKIM (RFC 6376, section 3.2) and DMARC (RFC 9989) write them.
