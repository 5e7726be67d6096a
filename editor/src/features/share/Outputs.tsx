import type { SharedPage, SharedRun } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { citationsAsShown, type AsShown } from '../../ui/values/read/citations-as-shown.js';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import type { MarkSource } from '../../ui/markdown/CitedText.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { WrittenText } from '../../ui/markdown/WrittenText.js';
import { JsonText } from '../../ui/values/JsonText.js';
import { TableView } from '../../ui/values/TableView.js';
import type { Source } from './kept.js';
import { isObject, isSources, isStoredFile, sourcesOf } from './read-outputs.js';
import { SaveFile, type ReadFile } from './SaveFile.js';
import { useSources } from './use-sources.js';

/** The outputs of a run so far, each in a matching form. */
export function Outputs({
  outputs,
  run,
  readFile,
}: {
  readonly outputs: SharedPage['outputs'];
  readonly run: SharedRun;
  readonly readFile: ReadFile;
}): ReactElement {
  const sources = useMemo(() => {
    const texts = outputs.map(({ name }) => (Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined));
    return citationsAsShown(texts.filter((value) => typeof value === 'string').join('\n'), sourcesOf(run));
  }, [outputs, run]);
  const { mark, list } = useSources(sources);
  return (
    <>
      {outputs.map(({ name, title = name }) => {
        const value = Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined;
        if (value === undefined || isSources(value)) return null;
        return (
          <section key={name} className="output" dir="auto" aria-label={title}>
            {outputs.length > 1 ? <h2 className="strong-text">{title}</h2> : null}
            <Output {...{ value, sources, mark, readFile }} isWriting={run.status === 'running'} />
          </section>
        );
      })}
      {list}
    </>
  );
}

interface OutputProps {
  readonly value: unknown;
  readonly isWriting: boolean;
  readonly sources: readonly AsShown<Source>[];
  readonly mark: MarkSource;
  readonly readFile: ReadFile;
}

function Output({ value, isWriting, sources, mark, readFile }: OutputProps): ReactElement {
  if (typeof value === 'string')
    return isWriting ? (
      <WrittenText text={value} isWriting />
    ) : (
      <AnswerText text={value} citations={sources} mark={mark} />
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
