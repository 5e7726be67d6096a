import { isPlainObject, LabelLevel, type Label, type StoredFact } from '@heddle/core';
import { labelFrom } from './conversation-rows.js';
import type { SealingCipher } from './sealing.js';

/**
 * A row of `facts` with its encryption key. Key and text of the fact are encrypted together, and the vector separately: a search decrypts
 * all vectors and few texts.
 */
export interface FactRow {
  readonly number: number;
  readonly id: string;
  readonly project: string;
  readonly workflow: string;
  readonly subject: string;
  readonly content: Buffer;
  readonly sealing_key: Buffer | null;
  readonly model: string | null;
  readonly label: string;
  readonly run: string | null;
  readonly thread: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number | null;
}

/** The rank of a level, as in the column `level`. */
export const rankOfLevel = (level: LabelLevel): number => LabelLevel.options.indexOf(level);

export type FactContent = Pick<StoredFact, 'key' | 'text'>;

export const sealedContent = ({ key, text }: FactContent, cipher: SealingCipher): Buffer =>
  cipher.seal(JSON.stringify({ key, text }));

export function contentFrom({ content }: Pick<FactRow, 'content'>, cipher: SealingCipher): FactContent {
  const value: unknown = JSON.parse(cipher.open(content));
  const { key, text } = isPlainObject(value) ? value : {};
  return { key: String(key), text: String(text) };
}

export const sealedVector = (vector: Float32Array, cipher: SealingCipher): Buffer =>
  cipher.seal(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));

export function vectorFrom(sealed: Uint8Array, cipher: SealingCipher): Float32Array {
  // A copy, because a Float32Array must begin at a multiple of four bytes.
  const bytes = new Uint8Array(cipher.openBytes(sealed));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

/** The cosine similarity of two normalised vectors. */
export function similarityOf(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}

export const labelOfRow = ({ label }: Pick<FactRow, 'label'>): Label => labelFrom(label);

export function factFrom(row: FactRow, cipher: SealingCipher): StoredFact {
  const { id, project, workflow, subject, run, thread, created_at: createdAt, updated_at: updatedAt } = row;
  return {
    id,
    owner: { project, workflow, subject },
    ...contentFrom(row, cipher),
    label: labelOfRow(row),
    run: run ?? undefined,
    thread: thread ?? undefined,
    createdAt,
    updatedAt,
    expiresAt: row.expires_at ?? undefined,
  };
}
