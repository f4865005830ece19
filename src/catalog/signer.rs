//! The programs that sign mail on an own server: what each demands of a key file, and how it takes a new one.
//!
//! What is said of OpenDKIM, Rspamd and Exim was tried with Debian's packages; `tests/second_opinions` holds it true.

use crate::records::dkim::Algorithm;

/// A program that signs; the words are the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signer {
    OpenDkim,
    Rspamd,
    Exim,
    Stalwart,
    /// Any other: the bare key.
    Pem,
}

/// Who may read a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub user: &'static str,
    pub group: &'static str,
    /// Bits of the file's mode.
    pub mode: u32,
}

const fn account(user: &'static str, group: &'static str, mode: u32) -> Account {
    Account { user, group, mode }
}

impl Signer {
    pub const ALL: [Self; 5] = [
        Self::OpenDkim,
        Self::Rspamd,
        Self::Exim,
        Self::Stalwart,
        Self::Pem,
    ];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenDkim => "opendkim",
            Self::Rspamd => "rspamd",
            Self::Exim => "exim",
            Self::Stalwart => "stalwart",
            Self::Pem => "pem",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signer| signer.as_str() == word)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::OpenDkim => "OpenDKIM",
            Self::Rspamd => "Rspamd",
            Self::Exim => "Exim",
            Self::Stalwart => "Stalwart",
            Self::Pem => "another program",
        }
    }

    /// The accounts under which it runs, by system; the first is Debian's.
    pub fn accounts(self) -> &'static [Account] {
        const OPENDKIM: &[Account] = &[account("opendkim", "opendkim", 0o600)];
        const RSPAMD: &[Account] = &[account("root", "_rspamd", 0o640)];
        const EXIM: &[Account] = &[
            account("root", "Debian-exim", 0o640),
            account("root", "exim", 0o640),
        ];
        const STALWART: &[Account] = &[
            account("stalwart", "stalwart", 0o600),
            account("stalwart-mail", "stalwart-mail", 0o600),
        ];
        match self {
            Self::OpenDkim => OPENDKIM,
            Self::Rspamd => RSPAMD,
            Self::Exim => EXIM,
            Self::Stalwart => STALWART,
            Self::Pem => &[],
        }
    }

    /// Where its files usually lie on a mail server; None where that is not known.
    pub fn usual_folder(self) -> Option<&'static str> {
        match self {
            Self::OpenDkim => Some("/etc/dkimkeys"),
            Self::Rspamd => Some("/var/lib/rspamd/dkim"),
            Self::Exim => Some("/etc/exim4/dkim"),
            Self::Stalwart => Some("/opt/stalwart/etc/dkim"),
            Self::Pem => None,
        }
    }

    /// The name of a key's file.
    pub fn key_file(self, domain: &str, selector: &str) -> String {
        format!("{domain}.{selector}.{}", self.ending())
    }

    /// Commands that bring the files from the folder `from` to the folder `to` of the mail server, where it is another one, and the keys
    /// `files` to their owner.
    pub fn commands(self, from: &str, to: &str, files: &[String]) -> Vec<String> {
        let mut commands = Vec::new();
        if self.accounts().is_empty() {
            return commands;
        }
        if from != to {
            commands.push(format!("sudo mkdir -p {}", quoted(to)));
            commands.push(format!("sudo cp -n {}/* {}/", quoted(from), quoted(to)));
        }
        if let Some(account) = self.accounts().first() {
            let paths: Vec<String> = files
                .iter()
                .map(|file| quoted(&format!("{to}/{file}")))
                .collect();
            let paths = paths.join(" ");
            let Account { user, group, mode } = account;
            commands.push(format!("sudo chown {user}:{group} {paths}"));
            commands.push(format!("sudo chmod {mode:o} {paths}"));
        }
        commands
    }

    /// How its key files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::OpenDkim => "private",
            Self::Rspamd => "key",
            Self::Exim | Self::Stalwart | Self::Pem => "pem",
        }
    }

    /// Why it cannot sign with such a key, where it cannot.
    pub fn refuses(self, algorithm: Algorithm) -> Option<&'static str> {
        match (self, algorithm) {
            (Self::OpenDkim, Algorithm::Ed25519) => Some(
                "OpenDKIM signs with one kind of key only, and that must be RSA: many receivers do not read Ed25519, and its last release (2.10) cannot sign with it",
            ),
            _ => None,
        }
    }

    /// True where it wants the bare 32 bytes of an Ed25519 key (RFC 8032, section 5.1.5), in base64, and does not read the file around them.
    pub fn wants_seed(self, algorithm: Algorithm) -> bool {
        self == Self::Rspamd && algorithm == Algorithm::Ed25519
    }

    /// True where it signs with one key only for a domain.
    pub fn takes_one_key(self) -> bool {
        matches!(self, Self::OpenDkim | Self::Pem)
    }

    /// Refuses keys in folders that others than the owner can write to.
    pub fn wants_closed_folders(self) -> bool {
        self == Self::OpenDkim
    }

    /// What to do with the files in `folder`, one after the other.
    pub fn tasks(self, folder: &str) -> Vec<String> {
        let tasks: &[&str] = match self {
            Self::OpenDkim => &[
                "Add the lines of {folder}/opendkim.conf to the end of /etc/opendkim.conf. If it names a KeyTable and a SigningTable \
                 already, add the lines of the new tables to yours instead.",
                "Let it read them: sudo opendkim -n -x /etc/opendkim.conf && sudo systemctl restart opendkim",
                "Your mail server must hand its mail to OpenDKIM; in Postfix these are smtpd_milters and non_smtpd_milters.",
            ],
            Self::Rspamd => &[
                "Copy {folder}/dkim_signing.conf to /etc/rspamd/local.d/. If a file of that name is there, add the block of the domain to it.",
                "Let it read it: sudo rspamadm configtest && sudo systemctl reload rspamd",
            ],
            Self::Exim => &[
                "Debian: add the lines of {folder}/exim4.conf.localmacros to /etc/exim4/exim4.conf.localmacros. Elsewhere, put them \
                 before the first section of your configuration, and dkim_domain = DKIM_DOMAIN and so on into the transport that sends.",
                "Let it read them: sudo update-exim4.conf && sudo systemctl reload exim4",
            ],
            Self::Stalwart => &[
                "Up to version 0.15: add the lines of {folder}/stalwart-dkim.toml to its config.toml. Newer ones: in its web page, \
                 Management > Domains > DKIM Signatures, add a signature that reads the key from its file.",
                "Let it read them: sudo systemctl restart stalwart",
            ],
            Self::Pem => &[
                "Move the key file to your mail server by a way that nobody else can read, such as scp, and delete it here.",
                "Name domain, selector and key file to the program that signs. Only that program may read the file.",
            ],
        };
        tasks
            .iter()
            .map(|task| task.replace("{folder}", folder))
            .collect()
    }
}

/// A path as one word of a shell.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// How one sees that mail is signed with the keys of these selectors.
pub fn proof(domain: &str, selectors: &[String]) -> String {
    let signs: Vec<String> = selectors
        .iter()
        .map(|selector| format!("s={selector}"))
        .collect();
    format!(
        "To see that it signs: send a mail to an address elsewhere and look at its source. DKIM-Signature must name d={domain} and {}, and \
         Authentication-Results must say dkim=pass.",
        signs.join(" and ")
    )
}
