/**
 * A disk of a node's own: a sparse file with an ext4 file system, mounted where the node keeps its state. It can be filled, and
 * its power can be cut: the file system is shut down where it stands, so that what was not synced never gets into the file,
 * and what the file holds is mounted again. Programs need to know nothing of it, whatever they are written in.
 *
 * The shutdown is the ioctl by which file systems are tested for what they keep (`FS_IOC_GOINGDOWN` without a flush of
 * the journal, as in `xfs_io -x -c shutdown`). Killing the program alone would not do: the kernel keeps what it has written.
 */
import {closeSync, fsyncSync, openSync, rmdirSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {mkdir, open, readFile, rm, statfs} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {EnvironmentError} from '../../core/error.ts'
import type {Place} from '../../core/place.ts'
import {findProgram} from '../local/needs.ts'

/** How much a node can store, bytes. The file takes only what is written. */
const SIZE_BYTES = 1 << 30
/** How long making or mounting may take, ms. */
const LIMIT_MS = 30_000
/** How often a volume that is still in use is unmounted before it is only hidden, and how far apart, ms. */
const UNMOUNT_TRIES = 20
const UNMOUNT_PAUSE_MS = 50
/** While others free and take room, filling is repeated. */
const FILL_TRIES = 50

/** `FS_IOC_GOINGDOWN` with `FSOP_GOING_FLAGS_NOLOGFLUSH`; Perl is on every Debian, and Node knows no ioctl. */
const SHUT_DOWN = 'sysopen(my $d, $ARGV[0], 0) or die "$!"; my $f = pack("L", 2); ioctl($d, 0x8004587d, $f) or die "$!"'

const MARK = 'mark'

/** Ours on the volume. */
const OURS = '.chaos'

export class Volume {
  readonly path: string
  #image: string
  #lives = 0
  readonly #place: Place

  constructor({path, image, place}: {path: string; image: string; place: Place}) {
    this.path = path
    this.#image = image
    this.#place = place
  }

  /** Makes it and mounts it. Throws EnvironmentError where the machine refuses. */
  async create(): Promise<void> {
    await mkdir(this.path, {recursive: true})
    closeSync(openSync(this.#image, 'w'))
    truncateSync(this.#image, SIZE_BYTES)
    await this.#run('mkfs.ext4', '-q', '-F', '-m', '0', this.#image)
    await this.mount()
    // Some servers take every directory where they store for one of theirs.
    rmdirSync(join(this.path, 'lost+found'))
    await mkdir(this.#ours)
    await this.sync()
  }

  async mount(): Promise<void> {
    await this.#run('mount', '-o', 'loop,noatime', this.#image, this.path)
  }

  /** Everything written so far will outlast a power cut. */
  async sync(): Promise<void> {
    await this.#run('sync', '-f', this.path)
  }

  /** What was not synced is lost from now on; nothing can be read or written any more. */
  async shutDown(): Promise<void> {
    await this.#run('perl', '-e', SHUT_DOWN, this.path)
  }

  /**
   * Mounts what is in the file of a volume that was shut down, once nobody uses it: a copy of the file, since any mount
   * namespace of this machine, even somebody else's, may hold on to the old file system, which then cannot be mounted anew.
   */
  async revive(): Promise<void> {
    const next = join(dirname(this.#image), `${basename(this.#image).replace(/\.\d+$/, '')}.${++this.#lives}`)
    await this.#run('cp', '--sparse=always', this.#image, next)
    await this.#unmount()
    await rm(this.#image)
    this.#image = next
    await this.mount()
  }

  async #unmount(): Promise<void> {
    for (let tries = 0; tries < UNMOUNT_TRIES; tries++) {
      if ((await this.#execute('umount', this.path)).exitCode === 0) return
      // Whoever was killed may still be on its way out.
      await new Promise((resolve) => setTimeout(resolve, UNMOUNT_PAUSE_MS))
    }
    await this.#run('umount', '-l', this.path)
  }

  /** Takes all the room that is left. */
  async fill(): Promise<void> {
    for (let tries = 0; tries < FILL_TRIES; tries++) {
      const free = await this.freeBytes()
      if (free === 0) return
      await this.#execute('fallocate', '-l', String(free), join(this.#ours, `ballast-${tries}`))
    }
  }

  /** Gives back the room that `fill` took. */
  async empty(): Promise<void> {
    for (let tries = 0; tries < FILL_TRIES; tries++) rmSync(join(this.#ours, `ballast-${tries}`), {force: true})
    // What was freed may be taken again only after the journal says so.
    await this.sync()
  }

  async freeBytes(): Promise<number> {
    const {bavail, bsize} = await statfs(this.path)
    return bavail * bsize
  }

  /** Writes and syncs something of ours; rejects as the system refuses. */
  async write(): Promise<void> {
    const path = join(this.#ours, 'probe')
    try {
      const file = await open(path, 'w')
      try {
        await file.writeFile(Buffer.alloc(8192, 1))
        await file.sync()
      } finally {
        await file.close()
      }
    } finally {
      await rm(path, {force: true}).catch(() => {})
    }
  }

  /** Writes one mark and syncs it, and another without. */
  async mark(): Promise<void> {
    for (const mark of ['synced', 'unsynced']) await rm(join(this.#ours, mark), {force: true})
    const synced = openSync(join(this.#ours, 'synced'), 'w')
    writeFileSync(synced, MARK)
    fsyncSync(synced)
    closeSync(synced)
    const directory = openSync(this.#ours, 'r')
    fsyncSync(directory)
    closeSync(directory)
    writeFileSync(join(this.#ours, 'unsynced'), MARK)
  }

  /** Whether a mark is there with what was written into it: its mere name may have been synced along with others. */
  async hasMark(mark: 'synced' | 'unsynced'): Promise<boolean> {
    return (await readFile(join(this.#ours, mark), 'utf8').catch(() => '')) === MARK
  }

  get #ours(): string {
    return join(this.path, OURS)
  }

  #execute(program: string, ...args: string[]) {
    return this.#place.execute({command: findProgram(program) ?? program, args}, LIMIT_MS)
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    const {exitCode, stderr} = await this.#execute(program, ...args)
    if (exitCode === 0) return
    const why = stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`
    throw new EnvironmentError(`A node cannot be given a disk of its own: ${program} ${args.at(-1)}: ${why}.`)
  }
}
