//! Data folders: where they are, odd names, places that cannot be written to.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;

use nobounce::store::Store;

use crate::world::World;
use crate::world::end;
use crate::world::set_mode;

#[test]
fn s6_a_place_that_takes_no_files_is_told_with_what_to_do() {
    let world = World::new();
    fs::write(&world.data, "a file").unwrap();
    let mut places = vec![(
        world.data.join("below"),
        format!(
            "{} is a file, where nobounce keeps a folder",
            world.data.display()
        ),
    )];
    if cfg!(target_os = "linux") {
        places.push((
            "/proc/nobounce".into(),
            "the folder /proc/nobounce cannot be made: it is not there".to_owned(),
        ));
    }
    for (place, wrong) in places {
        let output = world
            .making_a_key()
            .env("NOBOUNCE_DATA_DIR", &place)
            .output()
            .unwrap();
        let (code, said) = end(&output);
        assert_eq!((code, output.stdout.is_empty()), (Some(7), true));
        let lines: Vec<&str> = said.lines().rev().collect();
        assert_eq!(lines[1], format!("nobounce: {wrong}"));
        assert!(lines[0].contains("--data-dir"), "{said}");
        assert!(Store::at(place).prepare().is_err());
    }
    let good = World::new();
    good.store().prepare().unwrap();
    assert_eq!(fs::read_dir(&good.data).unwrap().count(), 0);
}

#[test]
fn s6_a_folder_without_permission_is_told_with_the_way_back() {
    let world = World::with_setup();
    set_mode(&world.folder(), 0o500);
    let output = world.making_a_key().output().unwrap();
    set_mode(&world.folder(), 0o700);
    if output.status.success() {
        eprintln!("skipped: this user (root) may write anywhere");
        return;
    }
    let path = world.folder().display().to_string();
    assert_eq!(
        end(&output),
        (
            Some(7),
            format!(
                "nobounce: the folder {path}/keys cannot be made: permission denied\n\
                 nobounce: if {path} is yours, take it back: sudo chown -R \"$(id -un)\" '{path}'; or name another folder with --data-dir\n"
            )
        )
    );
    assert!(world.look().unwrap().is_some(), "looking still works");
}

#[test]
fn s21_what_belongs_to_another_user_is_told_with_the_way_back() {
    let world = World::with_setup();
    let error = nobounce::store::error::StoreError::NotRead {
        path: world.setup_file(),
        error: std::io::ErrorKind::PermissionDenied.into(),
    };
    let folder = world.folder();
    assert_eq!(
        error.remedy(),
        format!(
            "if it is yours, take it back: sudo chown -R \"$(id -un)\" '{}'",
            folder.display()
        )
    );
}

#[test]
fn s24_odd_paths_work() {
    let root = tempfile::tempdir().unwrap();
    let names = [
        OsString::from("with spaces and 'quotes'"),
        OsString::from("größe-ツ"),
        OsString::from("x".repeat(250)),
        OsString::from_vec(b"not utf-8 \xff\xfe".to_vec()),
    ];
    for name in names {
        let world = World::new();
        let data = root.path().join(&name);
        let output = world
            .making_a_key()
            .env("NOBOUNCE_DATA_DIR", &data)
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{name:?}: {:?}",
            end(&output)
        );
        assert!(data.join("shop.de/setup.json").is_file(), "{name:?}");
        let option = world
            .making_a_key()
            .env_remove("NOBOUNCE_DATA_DIR")
            .arg("--data-dir")
            .arg(&data)
            .output()
            .unwrap();
        assert_eq!(option.status.code(), Some(0), "{name:?}");
        assert_eq!(fs::read_dir(data.join("shop.de/keys")).unwrap().count(), 2);
    }
}

#[test]
fn s25_the_usual_place_follows_the_environment() {
    let world = World::new();
    let home = tempfile::tempdir().unwrap();
    let xdg = tempfile::tempdir().unwrap();
    let default = home.path().join(".local/share/nobounce/shop.de/keys");
    let cases = [
        (
            Some(xdg.path().as_os_str()),
            xdg.path().join("nobounce/shop.de/keys"),
            1,
        ),
        (None, default.clone(), 1),
        (Some("relative".as_ref()), default.clone(), 2),
        (Some("".as_ref()), default, 3),
    ];
    for (data_home, keys, count) in cases {
        let mut command = world.making_a_key();
        command
            .env("HOME", home.path())
            .env("NOBOUNCE_DATA_DIR", "");
        match data_home {
            Some(value) => command.env("XDG_DATA_HOME", value),
            None => command.env_remove("XDG_DATA_HOME"),
        };
        let output = command.current_dir(home.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{:?}", end(&output));
        assert_eq!(fs::read_dir(&keys).unwrap().count(), count, "{data_home:?}");
    }
}
