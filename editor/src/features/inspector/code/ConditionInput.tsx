import { functionNames } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { CodeField } from '../../../ui/code/CodeField.js';
import type { Completions } from '../../../ui/code/code-field.js';
import { readCondition } from './read-condition.js';
import { innerPaths } from './inner-paths.js';
import { useNodeForm } from '../node-form.js';
import { expressionProblem } from './template-problem.js';
import { useDocument, useSession } from '../../session/index.js';
import { ConditionRows } from './ConditionRows.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { sampleOf } from './use-upstream.js';
import styles from '../inspector.module.css';

/** A condition, edited as lines if possible and otherwise as text. The document stores the same text in both cases. */
export function ConditionInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const fields = useConditionFields();
  const text = typeof value === 'string' ? value : typeof field.standard === 'string' ? field.standard : '';
  const isShowable = text.trim() === '' || readCondition(text) !== undefined;
  const [wantsText, setWantsText] = useState(false);
  const isRows = isShowable && !wantsText;
  const complete = (written: string, at: number): Completions | undefined => {
    const found = /[A-Za-z_][\w.[\]"]*$/.exec(written.slice(0, at));
    const word = found?.[0] ?? '';
    const paths = fields.map(({ text: path, note }) => ({ label: path, detail: note, apply: path }));
    const calls = functionNames.map((name) => ({ label: name, detail: 'function', apply: `${name}(` }));
    return word === '' && at > 0 && !/[\s(,!&|]$/.test(written.slice(0, at))
      ? undefined
      : { from: at - word.length, options: [...paths, ...calls] };
  };
  return (
    <div className={styles['condition-field']}>
      {isRows ? (
        <ConditionRows
          id={id}
          text={text}
          fields={fields}
          isReadOnly={isReadOnly}
          isInvalid={isInvalid}
          describedBy={describedBy}
          onChange={onChange}
        />
      ) : (
        <CodeField
          value={text}
          language="expression"
          isReadOnly={isReadOnly}
          isInvalid={isInvalid}
          labelledBy={`${id}-label`}
          describedBy={describedBy}
          placeholder={'value.score > 0.5'}
          onChange={onChange}
          complete={complete}
          problemOf={expressionProblem}
        />
      )}
      <p className="small-text">
        {isShowable ? (
          <button type="button" className="text-button" onClick={() => setWantsText((before) => !before)}>
            {isRows ? 'Edit as text' : 'Edit as lines'}
          </button>
        ) : (
          <span className="quiet">Lines cannot show this condition.</span>
        )}
      </p>
    </div>
  );
}

interface ConditionField {
  readonly text: string;
  readonly note: string;
}

/** The values that a condition of this node can use: its inputs with their paths, and the iteration. */
function useConditionFields(): readonly ConditionField[] {
  const { nodeId } = useNodeForm();
  const { runs } = useSession();
  const inputs = useDocument((state) => state.compiled?.ports[nodeId]?.inputs);
  const edges = useDocument((state) => state.document?.edges);
  const ports = useDocument((state) => state.compiled?.ports);
  const fields = (inputs ?? []).flatMap((input): ConditionField[] => {
    const from = edges?.find((edge) => edge.to === `${nodeId}.${input.name}`)?.from;
    const [node = '', port = ''] = from?.split('.') ?? [];
    const type = ports?.[node]?.outputs.find(({ name }) => name === port)?.type ?? input.type;
    const inner = innerPaths(type, from === undefined ? undefined : sampleOf(runs, from));
    return [
      { text: input.name, note: type },
      ...inner.map((entry) => ({ text: `${input.name}${entry.text}`, note: entry.note })),
    ];
  });
  return [...fields, { text: 'iteration', note: 'index of the loop iteration, from 0' }];
}
