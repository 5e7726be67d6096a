import type { Citation } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { AnswerText } from '../markdown/AnswerText.js';
import type { MarkSource } from '../markdown/CitedText.js';
import { visibleText } from '../markdown/visible-text.js';
import { WrittenText } from '../markdown/WrittenText.js';

/** A message of the user, with the names of its files. */
export function ChatQuestion({
  text,
  files = [],
}: {
  readonly text: string;
  readonly files?: readonly string[];
}): ReactElement {
  return (
    <div className="chat-question" dir="auto">
      <span className="visually-hidden">You: </span>
      {visibleText(text)}
      {files.map((name, index) => (
        <span key={index} className="chat-file">
          {visibleText(name)}
        </span>
      ))}
    </div>
  );
}

const noSources: readonly Citation[] = [];

/** The answer to a message, complete or streaming, with its error and additional content below it. */
export function ChatAnswer({
  text,
  isWriting = false,
  sources = noSources,
  mark,
  error,
  children,
}: {
  readonly text: string;
  readonly isWriting?: boolean;
  readonly sources?: readonly (Citation & { readonly shown?: number })[] | undefined;
  readonly mark?: MarkSource | undefined;
  readonly error?: string | undefined;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="chat-answer stack gap-12" dir="auto">
      <span className="visually-hidden">Answer: </span>
      {isWriting && text === '' ? (
        <p className="chat-dots flex">
          <span className="visually-hidden">Running…</span>
          <i />
          <i />
          <i />
        </p>
      ) : isWriting ? (
        <WrittenText text={text} isWriting />
      ) : text === '' ? null : (
        <AnswerText text={text} citations={sources} mark={mark} />
      )}
      {children}
      {error === undefined ? null : <p className="failed-text">{visibleText(error)}</p>}
    </div>
  );
}
