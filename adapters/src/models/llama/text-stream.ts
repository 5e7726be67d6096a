import type { ToolStyle } from './tool-style.js';

/** A piece of what a model writes. */
export interface TextPiece {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

/** Takes text as it is written. Returns what is certain, and keeps what a stop string or a tag could still change. */
export interface TextStream {
  push(text: string): readonly TextPiece[];
  /** What is left once the model has ended. */
  end(): readonly TextPiece[];
  /** A stop string was written, or a call begun: what comes after it does not count. */
  readonly isStopped: boolean;
  /** The model has begun to call a tool. */
  readonly isCalling: boolean;
}

/**
 * Ends a text before its first stop string, and separates thoughts (`<think>…</think>` at the beginning) from the
 * answer.
 *
 * @param startsThinking the prompt has opened the thought already.
 * @param opener what the model writes when it begins to call a tool.
 */
export function createTextStream(
  stop: readonly string[],
  startsThinking: boolean,
  opener?: ToolStyle['opener'],
): TextStream {
  let kept = '';
  let hasText = false;
  let isCalling = false;
  let mode: 'beginning' | 'reasoning' | 'after-reasoning' | 'text' = startsThinking ? 'reasoning' : 'beginning';
  let isStopped = false;
  const take = (isEnd: boolean): readonly TextPiece[] => {
    const pieces: TextPiece[] = [];
    const emit = (type: TextPiece['type'], length: number): void => {
      if (length > 0) pieces.push({ type, text: kept.slice(0, length) });
      if (type === 'text' && kept.slice(0, length).trim() !== '') hasText = true;
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
    const call = opener === undefined ? -1 : placeOf(opener, kept, hasText);
    const stops = [...stop.map((entry) => kept.indexOf(entry)), call].filter((index) => index >= 0);
    if (stops.length > 0) {
      const first = Math.min(...stops);
      isStopped = true;
      isCalling = first === call;
      emit('text', first);
      kept = '';
    } else emit('text', isEnd ? kept.length : kept.length - heldBack(kept, stop, opener, hasText));
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
    get isCalling() {
      return isCalling;
    },
  };
}

const openTag = '<think>';
const closeTag = '</think>';

/** Where a call begins in the text, or -1. */
function placeOf({ text, isOnlyAtStart }: ToolStyle['opener'], kept: string, hasText: boolean): number {
  if (!isOnlyAtStart) return kept.indexOf(text);
  const begin = kept.length - kept.trimStart().length;
  return !hasText && kept.startsWith(text, begin) ? begin : -1;
}

/** Length of the longest end of the text that could be the beginning of a stop string or of a call. */
function heldBack(text: string, stop: readonly string[], opener?: ToolStyle['opener'], hasText = false): number {
  if (opener?.isOnlyAtStart === true && !hasText && opener.text.startsWith(text.trimStart())) return text.length;
  let longest = 0;
  for (const word of opener === undefined || opener.isOnlyAtStart ? stop : [...stop, opener.text]) {
    for (let length = Math.min(word.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(word.slice(0, length))) longest = length;
    }
  }
  return longest;
}
