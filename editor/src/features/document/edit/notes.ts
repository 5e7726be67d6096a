import type { Layout, WorkflowDocument } from '@heddle/core';
import { layoutOf } from '../layout/layout-of.js';

export type Note = Layout['notes'][number];

/** The default size of a note. */
export const noteSize: readonly [number, number] = [220, 120];
/** The colours of notes and groups. The document does not store the first one, which is the default. */
export const paperColours = ['plain', 'amber', 'green', 'blue', 'rose'] as const;
type PaperColour = (typeof paperColours)[number];

/** The colour in which a note or group is drawn. An unknown name is drawn as the default, but the document keeps it. */
export function paperColour(name: string | undefined): PaperColour {
  return paperColours.find((colour) => colour === name) ?? 'plain';
}

/** Adds an empty note at a position. Also returns its id. */
export function addNote(
  document: WorkflowDocument,
  at: readonly [number, number],
  text = '',
): { readonly document: WorkflowDocument; readonly id: string } {
  const layout = layoutOf(document);
  const id = freeId('note', layout.notes);
  const note: Note = { id, text, at: [Math.round(at[0]), Math.round(at[1])], size: [...noteSize], color: 'amber' };
  return { id, document: { ...document, layout: { ...layout, notes: [...layout.notes, note] } } };
}

/** Changes one note. Returns the same document if the note does not exist or does not change. */
export function changeNote(document: WorkflowDocument, id: string, change: (note: Note) => Note): WorkflowDocument {
  const layout = layoutOf(document);
  const before = layout.notes.find((note) => note.id === id);
  if (before === undefined) return document;
  const after = change(before);
  if (after === before) return document;
  return { ...document, layout: { ...layout, notes: layout.notes.map((note) => (note === before ? after : note)) } };
}

/** Removes notes. Returns the same document if none of them exists. */
export function removeNotes(document: WorkflowDocument, ids: ReadonlySet<string>): WorkflowDocument {
  const layout = layoutOf(document);
  const notes = layout.notes.filter(({ id }) => !ids.has(id));
  return notes.length === layout.notes.length ? document : { ...document, layout: { ...layout, notes } };
}

/** Moves notes to the given positions. */
export function arrangeNotes(
  document: WorkflowDocument,
  positions: ReadonlyMap<string, readonly [number, number]>,
): WorkflowDocument {
  return [...positions].reduce(
    (changed, [id, [x, y]]) =>
      changeNote(changed, id, (note) => {
        const at: [number, number] = [Math.round(x), Math.round(y)];
        return note.at[0] === at[0] && note.at[1] === at[1] ? note : { ...note, at };
      }),
    document,
  );
}

/** A free id for a note or group. */
export function freeId(base: string, taken: readonly { readonly id: string }[]): string {
  for (let number = 1; ; number += 1) {
    const id = `${base}-${number}`;
    if (!taken.some((entry) => entry.id === id)) return id;
  }
}
