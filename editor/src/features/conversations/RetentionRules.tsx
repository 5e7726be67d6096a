import {
  defaultProject,
  LabelLevel,
  RetentionRulesRequest,
  SubjectKind,
  type RetentionRule,
  type RetentionRulesReply,
} from '@heddle/core';
import { Plus, X } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useNamedProject } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { NumberField, SelectField } from '../../ui/fields/FormFields.js';
import { fieldsOf } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';
import { Notice } from '../../ui/states/Notice.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './conversations.module.css';

const kindTexts: Readonly<Record<SubjectKind, string>> = {
  user: 'Users',
  'end-user': 'End users of keys',
  visitor: 'Anonymous users of share pages',
  key: 'API keys',
  service: 'Service accounts',
  schedule: 'Schedules',
  webhook: 'Webhooks',
  batch: 'Batches',
  experiment: 'Experiments',
  local: 'The person at the machine',
};
const everyone = 'all' as const;
const subjectChoices = [
  [everyone, 'Everyone'] as const,
  ...SubjectKind.options.map((kind) => [kind, kindTexts[kind]] as const),
];
const levelTexts: Readonly<Record<LabelLevel, string>> = {
  public: 'Any label',
  internal: 'Internal and above',
  confidential: 'Confidential and above',
  restricted: 'Restricted',
};
const levelChoices = LabelLevel.options.map((level) => [level, levelTexts[level]] as const);

interface Row {
  readonly number: number;
  readonly subjects: SubjectKind | typeof everyone;
  readonly level: LabelLevel;
  readonly days: number | undefined;
}

/** How long the current project keeps conversations and facts, by kind of subject and label. */
export function RetentionRules(): ReactElement {
  const project = useNamedProject()?.id ?? defaultProject;
  const stored = useGet('/api/projects/{id}/retention', { params: { path: { id: project } } });
  return (
    <WhenLoaded loaded={stored} text="Loading retention…">
      {(reply) => <RulesForm key={project} project={project} stored={reply} />}
    </WhenLoaded>
  );
}

function RulesForm({
  project,
  stored,
}: {
  readonly project: string;
  readonly stored: RetentionRulesReply;
}): ReactElement {
  const [saved, setSaved] = useState(stored.rules);
  const [rows, setRows] = useState(() => rowsOf(stored.rules));
  const mayChange = useKnownMay('project:manage') === true;
  const saving = useAction();
  const { most } = stored;
  const isChanged = JSON.stringify(rows.map(ruleOf)) !== JSON.stringify(rowsOf(saved).map(ruleOf));
  return (
    <form
      className={styles['retention-form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        saving.run(async () => {
          const body = readForm(RetentionRulesRequest, { rules: rows.map(ruleOf) }, {});
          const { rules } = await client.PUT('/api/projects/{id}/retention', {
            params: { path: { id: project } },
            body,
          });
          setSaved(rules);
          setRows(rowsOf(rules));
        });
      }}
    >
      <p className="quiet measure">
        {most === undefined
          ? 'This installation keeps conversations and facts until they are erased. '
          : `This installation keeps conversations and facts for ${most} ${most === 1 ? 'day' : 'days'}. `}
        A rule keeps some of them for a shorter time, after the last turn of a conversation, or after a fact was
        written. The shortest rule that fits counts. Heddle marks what has expired, and erases it a day later.
      </p>
      {rows.length === 0 ? <p className="section-empty quiet">No rules in this project.</p> : null}
      <ul className={styles['retention-rows']}>
        {rows.map((row, index) => {
          const field = fieldsOf(row, (next) => setRows(rows.with(index, next)), !mayChange);
          return (
            <li key={row.number} className={styles['retention-row']}>
              <SelectField title="Of" {...field('subjects')} choices={subjectChoices} />
              <SelectField title="Label" {...field('level')} choices={levelChoices} />
              <NumberField title="Days" {...field('days')} min={1} max={most ?? 36_500} step={1} />
              {mayChange ? (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Remove rule ${index + 1}`}
                  onClick={() => setRows(rows.toSpliced(index, 1))}
                >
                  <X size={15} aria-hidden />
                </button>
              ) : null}
            </li>
          );
        })}
      </ul>
      {saving.error === undefined ? null : <Notice error={saving.error} />}
      {mayChange ? (
        <div className={styles['retention-actions']}>
          <button
            type="button"
            className="button aligned-inline"
            onClick={() =>
              setRows([...rows, { number: nextNumber(rows), subjects: everyone, level: 'public', days: most ?? 90 }])
            }
          >
            <Plus size={14} aria-hidden /> Add rule
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={!isChanged || saving.isBusy || rows.some(({ days }) => days === undefined)}
          >
            Save
          </button>
        </div>
      ) : (
        <p className="quiet">Owners of the project change these rules.</p>
      )}
    </form>
  );
}

const nextNumber = (rows: readonly Row[]): number => Math.max(0, ...rows.map(({ number }) => number)) + 1;

const rowsOf = (rules: readonly RetentionRule[]): readonly Row[] =>
  rules.map(({ subjects = everyone, level, days }, index) => ({ number: index + 1, subjects, level, days }));

const ruleOf = ({ subjects, level, days }: Row) => ({ ...(subjects === everyone ? {} : { subjects }), level, days });
