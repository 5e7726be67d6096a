import clsx from 'clsx';
import type { AnnotatedRun, AnnotationQueue, RubricCriterion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { textOf } from '../../ui/format/text-of.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import { LinesField } from '../../ui/fields/FormFields.js';
import { useSingleKeys } from '../../ui/keyboard/use-single-keys.js';
import { Notice } from '../../ui/states/Notice.js';
import { draftAfterKey, emptyDraft, readDraft } from './annotation-draft.js';
import type { QueueTask } from './use-queue-task.js';
import styles from './annotation.module.css';

/** The rubric of a queue as a form. Number keys choose levels, arrow keys move, Enter saves, S skips, U undoes the last annotation. */
export function AnnotationForm({
  queue,
  runs,
  work,
}: {
  readonly queue: AnnotationQueue;
  readonly runs: readonly AnnotatedRun[];
  readonly work: QueueTask;
}): ReactElement {
  const [draft, setDraft] = useState(emptyDraft);
  const [problem, setProblem] = useState<string>();
  const { rubric, kind } = queue;
  const save = (): void => {
    const said = readDraft(queue, draft);
    setProblem(typeof said === 'string' ? said : undefined);
    if (typeof said !== 'string' && !work.isBusy) work.annotate(said);
  };
  const skip = (): void => work.annotate({ scores: {}, isSkipped: true });
  useSingleKeys((key) => {
    if (work.isBusy) return false;
    if (key === 'Enter') save();
    else if (key === 's') skip();
    else if (key === 'u' && work.mayUndo) work.undo();
    else {
      const next = draftAfterKey(key, queue, runs, draft);
      if (next === undefined) return false;
      setDraft(next);
    }
    return true;
  });
  const answer = kind === 'rate' ? onlyText(runs[0]?.outputs ?? {}) : undefined;
  return (
    <form
      className={clsx(styles['annotate-form'], 'stack gap-12')}
      aria-label="Rubric"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {rubric.instructions === '' ? null : <p className={styles['annotate-instructions']}>{rubric.instructions}</p>}
      {kind === 'compare' ? (
        <Choices
          title="Which answer is better?"
          isActive
          choices={[
            [runs[0]?.runId ?? '', '← Left'],
            ['tie', '= Equally good'],
            [runs[1]?.runId ?? '', 'Right →'],
          ]}
          value={draft.preferred}
          onChoose={(preferred) => setDraft({ ...draft, preferred })}
        />
      ) : null}
      {rubric.criteria.map((criterion, index) => (
        <Criterion
          key={criterion.name}
          criterion={criterion}
          isActive={index === draft.active}
          value={draft.scores[criterion.name]}
          onChoose={(value) =>
            setDraft({ ...draft, active: index, scores: { ...draft.scores, [criterion.name]: value } })
          }
        />
      ))}
      {rubric.hasCorrection ? (
        <>
          <LinesField
            title="Corrected answer"
            value={draft.correction}
            rows={4}
            maxLength={100_000}
            onChange={(correction) => setDraft({ ...draft, correction })}
          />
          {answer === undefined || draft.correction !== '' ? null : (
            <button
              type="button"
              className={clsx('text-link', styles['annotate-start'])}
              onClick={() => setDraft({ ...draft, correction: answer })}
            >
              Start from the answer
            </button>
          )}
        </>
      ) : null}
      {rubric.hasText ? (
        <LinesField
          title="Comment"
          value={draft.text}
          maxLength={10_000}
          onChange={(text) => setDraft({ ...draft, text })}
        />
      ) : null}
      <FieldError text={problem} />
      {work.error === undefined ? null : <Notice error={work.error} action={{ name: 'Next answer', run: work.next }} />}
      <div className="aligned-wrapped gap-8">
        <button type="submit" className="button button-primary" disabled={work.isBusy}>
          Save and next
        </button>
        <button type="button" className="button" disabled={work.isBusy} onClick={skip}>
          Skip
        </button>
        <button type="button" className="button" disabled={work.isBusy || !work.mayUndo} onClick={work.undo}>
          Take back
        </button>
      </div>
      <p className="small-quiet">
        Keys: {rubric.criteria.length > 0 ? '1–9 and arrows choose, ' : kind === 'compare' ? '← = → choose, ' : ''}
        Enter saves, S skips, U undoes the last one.
      </p>
    </form>
  );
}

function Criterion({
  criterion: { title, description, levels },
  isActive,
  value,
  onChoose,
}: {
  readonly criterion: RubricCriterion;
  readonly isActive: boolean;
  readonly value: number | undefined;
  readonly onChoose: (value: number) => void;
}): ReactElement {
  return (
    <Choices
      title={title}
      description={description}
      isActive={isActive}
      choices={levels.map((level, index) => [level.value, `${index + 1} ${level.title}`, level.description] as const)}
      value={value}
      onChoose={onChoose}
    />
  );
}

function Choices<Value extends string | number>({
  title,
  description,
  isActive,
  choices,
  value,
  onChoose,
}: {
  readonly title: string;
  readonly description?: string | undefined;
  readonly isActive: boolean;
  readonly choices: readonly (readonly [value: Value, text: string, help?: string | undefined])[];
  readonly value: Value | undefined;
  readonly onChoose: (value: Value) => void;
}): ReactElement {
  return (
    <fieldset className={styles['annotate-criterion']} data-active={isActive || undefined}>
      <legend>{title}</legend>
      {description === undefined ? null : <p className="small-quiet">{description}</p>}
      <div className="aligned-wrapped gap-4">
        {choices.map(([choice, text, help]) => (
          <button
            key={choice}
            type="button"
            className="button button-small"
            aria-pressed={choice === value}
            data-tip={help}
            onClick={() => onChoose(choice)}
          >
            {text}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** The answer as text if the run has a single output. */
function onlyText(outputs: Readonly<Record<string, unknown>>): string | undefined {
  const [only, ...others] = Object.values(outputs);
  return only === undefined || others.length > 0 ? undefined : textOf(only);
}
