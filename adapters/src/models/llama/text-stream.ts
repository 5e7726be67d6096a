/** A piece of what a model writes. */
export interface TextPiece {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

/** Takes text as it is written; gives what is certain, and keeps what a stop string or a tag could still change. */
export interface TextStream {
  push(text: string): readonly TextPiece[];
  /** What is left once the model has ended. */
  end(): readonly TextPiece[];
  /** A stop string was written: what comes after it does not count. */
  readonly isStopped: boolean;
}

/**
 * Ends a text before its first stop string, and tells thoughts (`<think>…</think>` at the beginning) from the answer.
 *
 * @param startsThinking the prompt has opened the thought already.
 */
export function createTextStream(stop: readonly string[], startsThinking: boolean): TextStream {
  let kept = '';
  let mode: 'beginning' | 'reasoning' | 'after-reasoning' | 'text' = startsThinking ? 'reasoning' : 'beginning';
  let isStopped = false;
  const take = (isEnd: boolean): readonly TextPiece[] => {
    const pieces: TextPiece[] = [];
    const emit = (type: TextPiece['type'], length: number): void => {
      if (length > 0) pieces.push({ type, text: kept.slice(0, length) });
      kept = kept.slice(length);
    };
    if (mode === 'beginning') {
      const trimmed = kept.trimStart();
      if (trimmed.startsWith(openTag)) {
        kept = trimmed.slice(openTag.length);
        mode = 'reasoning';
      } else if (isEnd || !openTag.startsWith(trimmed)) mode = 'text';
      else return pieces;
    }
    if (mode === 'reasoning') {
      const close = kept.indexOf(closeTag);
      if (close < 0) {
        emit('reasoning', isEnd ? kept.length : kept.length - heldBack(kept, [closeTag]));
        return pieces;
      }
      emit('reasoning', close);
      kept = kept.slice(closeTag.length);
      mode = 'after-reasoning';
    }
    if (mode === 'after-reasoning') {
      kept = kept.trimStart();
      if (kept === '') return pieces;
      mode = 'text';
    }
    const stops = stop.map((entry) => kept.indexOf(entry)).filter((index) => index >= 0);
    if (stops.length > 0) {
      isStopped = true;
      emit('text', Math.min(...stops));
      kept = '';
    } else emit('text', isEnd ? kept.length : kept.length - heldBack(kept, stop));
    return pieces;
  };
  return {
    push(text) {
      if (isStopped) return [];
      kept += text;
      return take(false);
    },
    end: () => (isStopped ? [] : take(true)),
    get isStopped() {
      return isStopped;
    },
  };
}

const openTag = '<think>';
const closeTag = '</think>';

/** Length of the longest end of the text that could be the beginning of one of the words. */
function heldBack(text: string, words: readonly string[]): number {
  let longest = 0;
  for (const word of words) {
    for (let length = Math.min(word.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(word.slice(0, length))) longest = length;
    }
  }
  return longest;
}
