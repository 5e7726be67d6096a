import { HeddleError } from '@heddle/core';

export interface PptRecord {
  readonly type: number;
  readonly instance: number;
  readonly isContainer: boolean;
  readonly data: Buffer;
}

const deepest = 64;

/** The record at an offset; undefined if there is none. A record that claims to be longer than the rest is cut at the end of the stream. */
export function recordAt(stream: Buffer, at: number): PptRecord | undefined {
  if (at < 0 || at + 8 > stream.length) return undefined;
  const head = stream.readUInt16LE(at);
  const end = Math.min(at + 8 + stream.readUInt32LE(at + 4), stream.length);
  return {
    type: stream.readUInt16LE(at + 2),
    instance: head >> 4,
    isContainer: (head & 15) === 15,
    data: stream.subarray(at + 8, end),
  };
}

export function childrenOf({ data }: PptRecord): readonly PptRecord[] {
  const children: PptRecord[] = [];
  for (let at = 0; ;) {
    const record = recordAt(data, at);
    if (record === undefined) return children;
    children.push(record);
    at += 8 + record.data.length;
  }
}

/** Finds the records of a type at any depth, in order, but none inside another record of that type. */
export function findRecords(record: PptRecord, type: number, depth = 0): readonly PptRecord[] {
  if (depth > deepest)
    throw new HeddleError(
      'document_bomb',
      `It was not opened, because its parts are nested deeper than ${deepest} levels.`,
    );
  return childrenOf(record).flatMap((child) =>
    child.type === type ? [child] : child.isContainer ? findRecords(child, type, depth + 1) : [],
  );
}
