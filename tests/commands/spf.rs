//! What `nobounce spf` says of a command line that is wrong. What it finds is tested where a server can answer.

use crate::program::run;

#[test]
fn wrong_command_lines_are_said_in_two_lines() {
    let data = tempfile::tempdir().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (
            &["spf"],
            "nobounce: the following required arguments were not provided: <DOMAIN>\n\
             nobounce: write it so: nobounce spf --now <TIME> <DOMAIN>; more with --help\n",
        ),
        (
            &["spf", "example.com", "--ip", "192.0.2.1/24"],
            "nobounce: invalid value '192.0.2.1/24' for '--ip <IP>': invalid IP address syntax\n\
             nobounce: see how it is written with --help\n",
        ),
        (
            &["spf", "example.com", "--sender", "info@example.com"],
            "nobounce: the following required arguments were not provided: --ip <IP>\n\
             nobounce: write it so: nobounce spf --ip <IP> --sender <ADDR> --now <TIME> <DOMAIN>; more with --help\n",
        ),
        (
            &["spf", "192.0.2.1"],
            "nobounce: 192.0.2.1 is the address of a machine, not a domain\n\
             nobounce: type the part behind the @ of your email address, such as example.com\n",
        ),
        (
            &["spf", ""],
            "nobounce: nothing was typed\n\
             nobounce: type the part behind the @ of your email address, such as example.com\n",
        ),
        (
            &["spf", "."],
            "nobounce: no domain was seen in it\n\
             nobounce: type the part behind the @ of your email address, such as example.com\n",
        ),
    ];
    for (arguments, said) in cases {
        run(data.path(), *arguments).is(2, "", said);
    }
}
