import { localPrincipal } from '@heddle/core';
import type { ReactElement } from 'react';
import { isBreakpoint, type PathRecord, remindText } from '../run/index.js';
import styles from './executions.module.css';

/** The answers to human input requests: who answered, when and why. Also shows escalations and requests that expired. */
export function HumanInputAnswers({ records }: { readonly records: readonly PathRecord[] }): ReactElement | null {
  const asked = new Map(
    records.flatMap((record) => (record.type === 'human-input-start' ? [[record.requestId, record]] : [])),
  );
  const said = records.filter((record) => record.type === 'human-input-end' || record.type === 'human-input-remind');
  if (said.length === 0) return null;
  return (
    <section className={styles['label-steps']} aria-label="Human input">
      <h3>Human input</h3>
      <ul>
        {said.map((record) => (
          <li key={record.seq}>
            <strong>{asked.get(record.requestId)?.question.title ?? 'Request'}</strong>{' '}
            {record.type === 'human-input-remind'
              ? remindText(record)
              : record.outcome === 'expired'
                ? 'not answered in time'
                : textOf(record.value, asked.get(record.requestId))}
            <span className="quiet">
              {' '}
              {record.type === 'human-input-remind' || record.by === undefined
                ? ''
                : `by ${record.by === localPrincipal.id ? 'the local user' : record.by}, `}
              {new Date(record.time).toLocaleString()}
              {record.type === 'human-input-remind' || record.reason === undefined ? '' : `: “${record.reason}”`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The answer as text, without the hash that binds it to its request. */
function textOf(value: unknown, request: { readonly key: string } | undefined): string {
  if (request !== undefined && isBreakpoint(request)) return isStep(value) ? 'stepped' : 'continued';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value) ?? '';
  const { hash: _hash, choice, ...rest } = value as Record<string, unknown>; // not null and not an array, so a JSON object
  const more = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
  return `${typeof choice === 'string' ? choice : ''}${more}`.trim() || 'answered';
}

const isStep = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'step' in value && value.step === true;
