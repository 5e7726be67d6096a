import type { ToolStyle } from './tool-style.js';

/** A piece of generated text. */
export interface TextPiece {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

/**
 * Splits the text of a model while it is generated. It ends the answer before the first stop string and separates the thoughts
 * (`<think>…</think>` at the start). Text that could be the start of a stop string or a tag is held back until more text decides it.
 *
 * @param startsThinking whether the prompt has already opened a thought.
 * @param opener the text with which the model begins a tool call.
 */
export class TextStream {
  private readonly stop: readonly string[];
  private readonly opener: ToolStyle['opener'] | undefined;
  private kept = '';
  private hasText = false;
  /** Whether the model has begun a tool call. */
  isCalling = false;
  private mode: 'beginning' | 'reasoning' | 'after-reasoning' | 'text';
  /** Whether a stop string or the beginning of a call has occurred. Later text is ignored. */
  isStopped = false;

  constructor(stop: readonly string[], startsThinking: boolean, opener?: ToolStyle['opener']) {
    this.stop = stop;
    this.opener = opener;
    this.mode = startsThinking ? 'reasoning' : 'beginning';
  }

  push(text: string): readonly TextPiece[] {
    if (this.isStopped) return [];
    this.kept += text;
    return this.take(false);
  }

  /** The remaining text, after the model has ended. */
  end(): readonly TextPiece[] {
    return this.isStopped ? [] : this.take(true);
  }

  private take(isEnd: boolean): readonly TextPiece[] {
    const pieces: TextPiece[] = [];
    const emit = (type: TextPiece['type'], length: number): void => {
      if (length > 0) pieces.push({ type, text: this.kept.slice(0, length) });
      if (type === 'text' && this.kept.slice(0, length).trim() !== '') this.hasText = true;
      this.kept = this.kept.slice(length);
    };
    if (this.mode === 'beginning') {
      const trimmed = this.kept.trimStart();
      if (trimmed.startsWith(openTag)) {
        this.kept = trimmed.slice(openTag.length);
        this.mode = 'reasoning';
      } else if (isEnd || !openTag.startsWith(trimmed)) this.mode = 'text';
      else return pieces;
    }
    if (this.mode === 'reasoning') {
      const close = this.kept.indexOf(closeTag);
      if (close < 0) {
        emit('reasoning', isEnd ? this.kept.length : this.kept.length - heldBack(this.kept, [closeTag]));
        return pieces;
      }
      emit('reasoning', close);
      this.kept = this.kept.slice(closeTag.length);
      this.mode = 'after-reasoning';
    }
    if (this.mode === 'after-reasoning') {
      this.kept = this.kept.trimStart();
      if (this.kept === '') return pieces;
      this.mode = 'text';
    }
    const call = this.opener === undefined ? -1 : indexOfOpener(this.opener, this.kept, this.hasText);
    const stops = [...this.stop.map((entry) => this.kept.indexOf(entry)), call].filter((index) => index >= 0);
    if (stops.length > 0) {
      const first = Math.min(...stops);
      this.isStopped = true;
      this.isCalling = first === call;
      emit('text', first);
      this.kept = '';
    } else
      emit(
        'text',
        isEnd ? this.kept.length : this.kept.length - heldBack(this.kept, this.stop, this.opener, this.hasText),
      );
    return pieces;
  }
}

const openTag = '<think>';
const closeTag = '</think>';

function indexOfOpener({ text, isOnlyAtStart }: ToolStyle['opener'], kept: string, hasText: boolean): number {
  if (!isOnlyAtStart) return kept.indexOf(text);
  const begin = kept.length - kept.trimStart().length;
  return !hasText && kept.startsWith(text, begin) ? begin : -1;
}

/** The length of the longest end of the text that could be the start of a stop string or a call. */
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
