#!/usr/bin/env bash
# What one would guess: what `insert` or `compare_and_swap` of sled has returned survives a kill -9 of the process; only a
#   failure of the power loses what was not flushed, as with LMDB, RocksDB or SQLite without syncs.
# What happens: sled keeps it in a buffer of the process and writes every 500 ms (`flush_every_ms`): up to half a second of acknowledged
#   writes are gone after a kill. A transaction that says `flush()` is kept; fjall, not synced either, keeps all.
# Why a user of chaos meets it: sled is what many a small Raft or key-value store in Rust keeps its log and vote in. Such a node that is killed
#   and started again has forgotten what it promised, and its cluster is convicted of lost writes, by `kill` alone.
# Versions: crates sled 0.34.7, fjall 2.11.2; Rust 1.95. 2026-11-30.
set -euo pipefail

command -v cargo >/dev/null || { echo "cargo is not installed: https://rustup.rs"; exit 4; }
folder=$(mktemp -d)
writer=
trap '[ -z "$writer" ] || kill "$writer" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
rustc --version
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "kept"
version = "0.1.0"
edition = "2021"
[dependencies]
sled = "=0.34.7"
fjall = "=2.11.2"
TOML
cat >src/main.rs <<'RS'
use std::{env, io::{stdout, Write}, thread::sleep, time::Duration};

/// Calls `put` with 0, 1, 2 and so on, and prints each number once its put has returned.
fn write(put: impl Fn(u64)) {
    for number in 0.. {
        put(number);
        let mut out = stdout().lock();
        writeln!(out, "{number}").unwrap();
        out.flush().unwrap();
        drop(out);
        sleep(Duration::from_millis(1));
    }
}

fn main() {
    let [_, engine, task]: [String; 3] = env::args().collect::<Vec<_>>().try_into().unwrap();
    let writing = task == "write";
    if engine == "fjall" {
        let keys = fjall::Config::new(&engine).open().unwrap();
        let part = keys.open_partition("all", Default::default()).unwrap();
        if writing { write(|n| part.insert(n.to_be_bytes(), "x").unwrap()) }
        println!("{}", part.iter().count());
    } else {
        let db = sled::open(&engine).unwrap();
        if writing && engine == "sled-insert" { write(|n| { db.insert(n.to_be_bytes(), "x").unwrap(); }) }
        if writing {
            write(|n| db.transaction(|tx| {
                tx.insert(&n.to_be_bytes(), "x")?;
                tx.flush();
                Ok::<(), sled::transaction::ConflictableTransactionError<()>>(())
            }).unwrap())
        }
        println!("{}", db.iter().count());
    }
}
RS
cargo build -q --release 2>build.log || { tail -5 build.log; exit 4; }
as_seen=true
for engine in sled-insert sled-transaction-flush fjall; do
  lost=0 acked=0
  for round in 1 2 3; do
    rm -rf "$engine"
    target/release/kept "$engine" write >acked.txt &
    writer=$!
    sleep "1.${round}7"
    kill -9 "$writer"
    wait "$writer" 2>/dev/null || true
    writer=
    returned=$(wc -l <acked.txt)
    acked=$((acked + returned))
    there=$(target/release/kept "$engine" count)
    [ "$there" -ge "$returned" ] || lost=$((lost + returned - there))
  done
  echo "$engine: $acked writes returned before three kills, $lost of them are gone"
  case $engine in sled-insert) [ "$lost" -gt 0 ] || as_seen=false ;; *) [ "$lost" -eq 0 ] || as_seen=false ;; esac
done
$as_seen
