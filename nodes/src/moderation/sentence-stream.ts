/** A longer sentence is checked in parts of about this many characters, so that no more than this is held back. */
const longest = 800;
const end = /(?<![.!?…。！？])[.!?…。！？]+["'”’)\]]*(?=\s)|\n/gu;

/** Splits a streamed text into sentences. Joined again, they give the text. */
interface SentenceStream {
  /** Adds a delta and returns the sentences that are now complete, with the space after them. */
  push(delta: string): readonly string[];
  /** Returns the rest of the text. */
  end(): readonly string[];
}

/** Creates an empty sentence stream. */
export function createSentenceStream(): SentenceStream {
  let open = '';
  const cutSentence = (at: number): string => {
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
        // Only this many characters are searched, so that the time stays linear in the length of the text.
        const found = end.exec(open.slice(0, longest + 1));
        if (found !== null) sentences.push(cutSentence(found.index + found[0].length));
        else if (open.length > longest) sentences.push(cutSentence(borderBefore(open, longest)));
        else return sentences;
      }
    },
    end: () => (open === '' ? [] : [cutSentence(open.length)]),
  };
}

/** The last space before an index; the index itself if there is none. */
function borderBefore(text: string, at: number): number {
  const space = text.lastIndexOf(' ', at);
  return space > at / 2 ? space + 1 : at;
}
