//! Keys in the form that a program on an own server signs with: file names, tables, configuration. The private halves are not known here.

use crate::catalog::signer::Signer;
use crate::records::dkim::Algorithm;
use crate::records::dkim::Selector;
use crate::records::name::DomainName;

/// What is handed to a signer.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    pub signer: Signer,
    pub domain: &'a DomainName,
    pub keys: &'a [Handed],
    /// Where the files will lie on the mail server, without a slash at the end.
    pub folder: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    pub selector: Selector,
    pub algorithm: Algorithm,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub name: String,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Text(String),
    /// The private half of this key.
    Key(Handed),
}

/// The name of a key's file.
pub fn key_file(signer: Signer, domain: &DomainName, selector: &Selector) -> String {
    signer.key_file(domain.as_str(), selector.as_str())
}

/// Every file, in the order in which to write them: keys last, so that what is there by half names a key that is not.
pub fn pieces(hand: &Hand) -> Vec<Piece> {
    let text = |name: &str, text: String| Piece {
        name: name.to_owned(),
        body: Body::Text(text),
    };
    let mut pieces = match hand.signer {
        Signer::OpenDkim => vec![
            text("KeyTable", key_table(hand)),
            text("SigningTable", signing_table(hand)),
            text("TrustedHosts", TRUSTED_HOSTS.to_owned()),
            text("opendkim.conf", opendkim(hand)),
        ],
        Signer::Rspamd => vec![text("dkim_signing.conf", rspamd(hand))],
        Signer::Exim => vec![text("exim4.conf.localmacros", exim(hand))],
        Signer::Stalwart => vec![text("stalwart-dkim.toml", stalwart(hand))],
        Signer::Pem => Vec::new(),
    };
    pieces.extend(hand.keys.iter().map(|key| Piece {
        name: key_file(hand.signer, hand.domain, &key.selector),
        body: Body::Key(key.clone()),
    }));
    pieces
}

/// Hosts whose mail is signed, as OpenDKIM wants them.
const TRUSTED_HOSTS: &str = "\
# Mail from these is signed. Add the addresses of machines that send through this server.
127.0.0.1
::1
localhost
";

fn path(hand: &Hand, key: &Handed) -> String {
    format!(
        "{}/{}",
        hand.folder,
        key_file(hand.signer, hand.domain, &key.selector)
    )
}

/// `NAME DOMAIN:SELECTOR:PATH`, one a key (opendkim.conf(5), KeyTable).
fn key_table(hand: &Hand) -> String {
    let domain = hand.domain;
    hand.keys
        .iter()
        .map(|key| {
            let selector = &key.selector;
            format!(
                "{selector}._domainkey.{domain} {domain}:{selector}:{}\n",
                path(hand, key)
            )
        })
        .collect()
}

fn signing_table(hand: &Hand) -> String {
    let domain = hand.domain;
    hand.keys
        .iter()
        .map(|key| format!("*@{domain} {}._domainkey.{domain}\n", key.selector))
        .collect()
}

fn opendkim(hand: &Hand) -> String {
    let folder = hand.folder;
    format!(
        "# DKIM for {}: add these lines to the end of /etc/opendkim.conf.\n\
         Mode                sv\n\
         Canonicalization    relaxed/simple\n\
         SignatureAlgorithm  rsa-sha256\n\
         OversignHeaders     From\n\
         KeyTable            {folder}/KeyTable\n\
         SigningTable        refile:{folder}/SigningTable\n\
         InternalHosts       {folder}/TrustedHosts\n\
         ExternalIgnoreList  {folder}/TrustedHosts\n",
        hand.domain
    )
}

fn rspamd(hand: &Hand) -> String {
    let selectors: String = hand
        .keys
        .iter()
        .map(|key| {
            format!(
                "      {{\n        selector = \"{}\";\n        path = \"{}\";\n      }}\n",
                key.selector,
                path(hand, key)
            )
        })
        .collect();
    // Rspamd looks a subdomain's key up under the registered domain, unless told otherwise.
    let below = hand
        .domain
        .registrable()
        .is_some_and(|top| top != *hand.domain);
    let esld = if below {
        "# This domain has keys of its own, beside those of the domain above it.\nuse_esld = false;\n"
    } else {
        ""
    };
    format!(
        "# DKIM for {0}: goes into /etc/rspamd/local.d/dkim_signing.conf.\n\
         # People who log in with a name that is no address of {0} are signed for only with this line:\n\
         # allow_username_mismatch = true;\n\
         {esld}\
         domain {{\n  \"{0}\" {{\n    selectors [\n{selectors}    ]\n  }}\n}}\n",
        hand.domain
    )
}

/// Macros that Debian's transports read. Several keys give several signatures: one list of selectors, one path with the selector in it.
fn exim(hand: &Hand) -> String {
    let domain = hand.domain;
    let selectors: Vec<&str> = hand.keys.iter().map(|key| key.selector.as_str()).collect();
    let key = match hand.keys {
        [only] => path(hand, only),
        _ => format!("{}/{domain}.${{dkim_selector}}.pem", hand.folder),
    };
    format!(
        "# DKIM for {domain}: mail whose From line has this domain is signed.\n\
         DKIM_DOMAIN = ${{if eq{{${{lc:${{domain:$h_from:}}}}}}{{{domain}}}{{{domain}}}}}\n\
         DKIM_SELECTOR = {}\n\
         DKIM_PRIVATE_KEY = {key}\n\
         DKIM_CANON = relaxed\n",
        selectors.join(" : ")
    )
}

fn stalwart(hand: &Hand) -> String {
    let domain = hand.domain;
    let mut text = format!("# DKIM for {domain}: signed when people of yours send.\n");
    for key in hand.keys {
        let algorithm = match key.algorithm {
            Algorithm::Ed25519 => "ed25519-sha256",
            _ => "rsa-sha256",
        };
        text.push_str(&format!(
            "[signature.\"{selector}-{domain}\"]\n\
             private-key = \"%{{file:{}}}%\"\n\
             domain = \"{domain}\"\n\
             selector = \"{selector}\"\n\
             headers = [\"From\", \"To\", \"Cc\", \"Date\", \"Subject\", \"Message-ID\", \"Reply-To\", \"In-Reply-To\", \"References\", \
             \"MIME-Version\", \"Content-Type\"]\n\
             algorithm = \"{algorithm}\"\n\
             canonicalization = \"relaxed/relaxed\"\n\
             report = false\n\n",
            path(hand, key),
            selector = key.selector,
        ));
    }
    let names: Vec<String> = hand
        .keys
        .iter()
        .map(|key| format!("'{}-{domain}'", key.selector))
        .collect();
    text.push_str(&format!(
        "# If your configuration has a [auth.dkim] already, add the first line of the list to it.\n\
         [auth.dkim]\n\
         sign = [ {{ if = \"listener != 'smtp' && sender_domain == '{domain}'\", then = \"[{}]\" }},\n         {{ else = false }} ]\n",
        names.join(", ")
    ));
    text
}
