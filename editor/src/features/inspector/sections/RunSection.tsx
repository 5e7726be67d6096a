import clsx from 'clsx';
import { NodeRunSettings, type DocumentNode, type Issue, type NodeDescription } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { edit, setRun, withRun, usedPorts, runSummary } from '../../document/index.js';
import { useDocument, useSession } from '../../session/index.js';
import { ConfigField } from '../ConfigField.js';
import { FoldedSection } from './FoldedSection.js';
import { nests, problemOf, runFieldsOf, valueAt, type RunField } from './run-fields.js';
import { tabStore, toggleRun } from '../../view/index.js';
import styles from '../inspector.module.css';

interface RunSectionProps {
  readonly nodeId: string;
  readonly node: DocumentNode;
  readonly description: NodeDescription | undefined;
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
}

/** The retries and timeouts of a node. When closed, it shows the changed settings in one line; it is hidden if no setting applies. */
export function RunSection({ nodeId, node, description, issues, isReadOnly }: RunSectionProps): ReactElement | null {
  const incoming = useDocument(({ document }) => (document === undefined ? 0 : usedPorts(document, nodeId).incoming));
  const isOpen = useStore(tabStore, (state) => state.isRunOpen);
  const fields = runFieldsOf(node.run, description, incoming);
  if (fields.length === 0) return null;
  const summary = runSummary(node.run);
  const problems = issues.filter((issue) => issue.field?.startsWith('run.') === true).length;
  return (
    <FoldedSection
      title="Retries and timeouts"
      isOpen={isOpen}
      problems={problems}
      summary={summary}
      onToggle={toggleRun}
    >
      {() => (
        <RunFields
          key={nodeId}
          nodeId={nodeId}
          run={node.run}
          fields={fields}
          isNesting={description !== undefined && nests(description)}
          issues={issues}
          isReadOnly={isReadOnly}
        />
      )}
    </FoldedSection>
  );
}

interface RunFieldsProps extends Pick<RunSectionProps, 'nodeId' | 'issues' | 'isReadOnly'> {
  readonly run: NodeRunSettings | undefined;
  readonly fields: readonly RunField[];
  readonly isNesting: boolean;
}

function RunFields({ nodeId, run, fields, isNesting, issues, isReadOnly }: RunFieldsProps): ReactElement {
  const { documents } = useSession();
  // An invalid value stays here until it is corrected, because a document that contained it could not be saved.
  const [draft, setDraft] = useState<{ readonly at: RunField; readonly value: unknown; readonly run: unknown }>();
  const held = draft?.run === run ? draft : undefined;
  const commit = (path: readonly string[], value: unknown): void => {
    setDraft(undefined);
    edit(documents, (document) => setRun(document, nodeId, path, value), {
      gesture: `run ${nodeId} ${path.join('.')}`,
    });
  };
  const change = (at: RunField, value: unknown): void => {
    const path = at.path.split('.');
    const isStandard = at.field.kind !== 'number' && value === at.field.standard;
    const next = isStandard ? undefined : value;
    if (NodeRunSettings.safeParse(withRun(run, path, next) ?? {}).success) commit(path, next);
    else setDraft({ at, value: next, run });
  };
  /**
   * An empty number of attempts means no retries. This is stored only when the field loses the focus, because the user may type another
   * number.
   */
  const leave = (): void => {
    if (held?.at.path === 'retry.attempts' && held.value === undefined) commit(['retry'], undefined);
  };
  return (
    <>
      {fields.map((at) => {
        const isHeld = held?.at.path === at.path;
        const isWrong = isHeld && held.value !== undefined;
        const key = `run.${at.path}`;
        return (
          <div key={at.path} className={clsx(styles['run-field'], 'stack')} onBlur={leave}>
            <ConfigField
              field={at.field}
              value={isHeld ? held.value : valueAt(run, at.path)}
              path={key}
              issues={
                isWrong ? [{ code: 'config-invalid', severity: 'error', field: key, message: problemOf(at) }] : issues
              }
              isReadOnly={isReadOnly}
              onChange={(value) => change(at, value)}
            />
            {isNesting && at.path === 'wallMs' ? (
              <p className="field-help">
                The timeouts do not count the time of nested runs. To limit those, set timeouts for the inner nodes.
              </p>
            ) : null}
          </div>
        );
      })}
    </>
  );
}
