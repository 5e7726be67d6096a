import type { Layout, WorkflowDocument } from '@heddle/core';
import { layoutOf } from './layout-of.js';

export type Note = Layout['notes'][number];

/** The size of a note that nobody has resized. */
export const noteSize: readonly [number, number] = [220, 120];
/** Names of colour tokens that a note or a group can have; the first is the one without a name in the document. */
export const paperColours = ['plain', 'amber', 'green', 'blue', 'rose'] as const;
export type PaperColour = (typeof paperColours)[number];

/** The colour of a note or group; a name that is not known here is drawn plain, and kept. */
export function paperColour(name: string | undefined): PaperColour {
  return paperColours.find((colour) => colour === name) ?? 'plain';
}

/** Puts an empty note at a place; gives its id too. */
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

/** Changes one note; the same document where it is not there or stays as it is. */
export function changeNote(document: WorkflowDocument, id: string, change: (note: Note) => Note): WorkflowDocument {
  const layout = layoutOf(document);
  const before = layout.notes.find((note) => note.id === id);
  if (before === undefined) return document;
  const after = change(before);
  if (after === before) return document;
  return { ...document, layout: { ...layout, notes: layout.notes.map((note) => (note === before ? after : note)) } };
}

/** Takes notes out; the same document where none of them is there. */
export function removeNotes(document: WorkflowDocument, ids: ReadonlySet<string>): WorkflowDocument {
  const layout = layoutOf(document);
  const notes = layout.notes.filter(({ id }) => !ids.has(id));
  return notes.length === layout.notes.length ? document : { ...document, layout: { ...layout, notes } };
}

/** Moves notes to places. */
export function arrangeNotes(
  document: WorkflowDocument,
  places: ReadonlyMap<string, readonly [number, number]>,
): WorkflowDocument {
  return [...places].reduce(
    (changed, [id, [x, y]]) =>
      changeNote(changed, id, (note) => {
        const at: [number, number] = [Math.round(x), Math.round(y)];
        return note.at[0] === at[0] && note.at[1] === at[1] ? note : { ...note, at };
      }),
    document,
  );
}

/** An id that no note, or no group, has yet. */
export function freeId(base: string, taken: readonly { readonly id: string }[]): string {
  for (let number = 1; ; number += 1) {
    const id = `${base}-${number}`;
    if (!taken.some((entry) => entry.id === id)) return id;
  }
}
