/**
 * How a record of a node's disk is written: as JSON, behind a checksum of it, so that a write which was torn and a bit that
 * has decayed are noticed. Real disks and simulated ones use the same code for it. The checksum is CRC-32 (ISO 3309, the
 * one of zip and Ethernet), which finds every change of up to 32 neighbouring bits.
 */
import {crc32} from 'node:zlib'
import type {Json} from './node.ts'

/** A disk that cannot do what it was asked: it is full, or what it holds is damaged. The node that meets one goes down. */
export class DiskFailure extends Error {
  override name = 'DiskFailure'
}

/** The power failed in the midst of a write. */
export class PowerFailure extends DiskFailure {
  override name = 'PowerFailure'
}

/** The record as one line, without its end. */
export function writeRecord(record: Json): string {
  const text = JSON.stringify(record)
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}`
}

/** What a line says; undefined where it is not what was written. */
export function readRecord(line: string): Json | undefined {
  const text = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== crc32(text).toString(16).padStart(8, '0')) return undefined
  return JSON.parse(text) as Json
}
