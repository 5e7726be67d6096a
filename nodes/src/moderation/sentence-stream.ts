/** A sentence that never ends is judged in pieces of about this length, so that not more than this is ever held back. */
const longest = 800;
const end = /(?<![.!?…。！？])[.!?…。！？]+["'”’)\]]*(?=\s)|\n/gu;

/** Cuts a text that is still being written into sentences; joined, they are the text. */
export interface SentenceStream {
  /** The sentences that are whole now, with the space after them. */
  push(delta: string): readonly string[];
  /** What is left. */
  end(): readonly string[];
}

export function createSentenceStream(): SentenceStream {
  let open = '';
  const take = (at: number): string => {
    const sentence = open.slice(0, at);
    open = open.slice(at);
    return sentence;
  };
  return {
    push(delta) {
      open += delta;
      const sentences: string[] = [];
      for (;;) {
        end.lastIndex = 0;
        // No more than the longest piece is looked through, so that a long text costs its length.
        const found = end.exec(open.slice(0, longest + 1));
        if (found !== null) sentences.push(take(found.index + found[0].length));
        else if (open.length > longest) sentences.push(take(borderBefore(open, longest)));
        else return sentences;
      }
    },
    end: () => (open === '' ? [] : [take(open.length)]),
  };
}

/** The last space before a place; the place itself where there is none. */
function borderBefore(text: string, at: number): number {
  const space = text.lastIndexOf(' ', at);
  return space > at / 2 ? space + 1 : at;
}
