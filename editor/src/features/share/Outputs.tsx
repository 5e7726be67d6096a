import type { SharedPage } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { WrittenText } from '../../ui/markdown/WrittenText.js';
import { JsonText } from '../../ui/values/JsonText.js';
import { TableView } from '../../ui/values/TableView.js';
import {
  CitedList,
  isObject,
  isSources,
  isStoredFile,
  SaveFile,
  sourcesOf,
  useCited,
  type ChatRun,
  type Cited,
  type ReadFile,
} from '../chat-kit/index.js';

/** The outputs of a run so far, each shown according to its type. */
export function Outputs({
  outputs,
  run,
  readFile,
}: {
  readonly outputs: SharedPage['outputs'];
  readonly run: ChatRun;
  readonly readFile: ReadFile;
}): ReactElement {
  const all = useMemo(() => sourcesOf(run), [run]);
  const texts = outputs.map(({ name }) => (Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined));
  const cited = useCited(texts.filter((value) => typeof value === 'string').join('\n'), all);
  return (
    <>
      {outputs.map(({ name, title = name }) => {
        const value = Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined;
        if (value === undefined || isSources(value)) return null;
        return (
          <section key={name} className="output" dir="auto" aria-label={title}>
            {outputs.length > 1 ? <h2 className="strong-text">{title}</h2> : null}
            <Output {...{ value, cited, readFile }} isWriting={run.status === 'running'} />
          </section>
        );
      })}
      <CitedList cited={cited} />
    </>
  );
}

interface OutputProps {
  readonly value: unknown;
  readonly isWriting: boolean;
  readonly cited: Cited;
  readonly readFile: ReadFile;
}

function Output({ value, isWriting, cited, readFile }: OutputProps): ReactElement {
  if (typeof value === 'string')
    return isWriting ? (
      <WrittenText text={value} isWriting />
    ) : (
      <AnswerText text={value} citations={cited.sources} mark={cited.mark} />
    );
  if (typeof value === 'number' || typeof value === 'boolean') return <p className="figure">{String(value)}</p>;
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.length > 0 && all.every(isStoredFile))
    return (
      <>
        {all.map((file) => (
          <SaveFile key={file.id} file={file} read={readFile} />
        ))}
      </>
    );
  if (Array.isArray(value) && value.length > 0) {
    if (all.every(isObject)) return <TableView rows={all} />;
    if (all.every((entry) => typeof entry !== 'object'))
      return (
        <ul className="answer-list">
          {all.map((entry, index) => (
            <li key={index}>{visibleText(String(entry))}</li>
          ))}
        </ul>
      );
  }
  return <JsonText value={value} />;
}
