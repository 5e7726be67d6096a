import type { DocumentNode, Issue, NodeDescription } from '@heddle/core';
import { Suspense, useCallback, useMemo, type ReactElement } from 'react';
import { changeNode, edit, setConfig } from '../document/index.js';
import { PromptField } from '../prompts/index.js';
import { useDocument, useSession } from '../session/index.js';
import { partsOf } from './sections/advanced-fields.js';
import { AdvancedSection } from './sections/AdvancedSection.js';
import { NodeFormContext } from './node-form.js';
import { ConfigField } from './ConfigField.js';
import { RunSection } from './sections/RunSection.js';
import { schemaFields, type SchemaField } from '../../ui/schema-form/schema-field.js';
import { IssueText } from './IssueText.js';
import { SourceFields } from './SourceFields.js';

interface ConfigFormProps {
  readonly nodeId: string;
  readonly node: DocumentNode;
  readonly description: NodeDescription | undefined;
  readonly isReadOnly: boolean;
}

const noIssues: readonly Issue[] = [];

/** The settings of a node, rendered from the JSON schema of its type. A node of an unknown type is shown as JSON and keeps all its data. */
export function ConfigForm({ nodeId, node, description, isReadOnly }: ConfigFormProps): ReactElement {
  const all = useDocument((state) => state.compiled?.issues) ?? noIssues;
  const issues = useMemo(() => all.filter((issue) => issue.node === nodeId), [all, nodeId]);
  const { basic, advanced } = useMemo(
    () => partsOf(description === undefined ? [] : schemaFields(description.config, description.defaults)),
    [description],
  );
  const { documents } = useSession();
  const onChange = (change: (node: DocumentNode) => DocumentNode): void =>
    edit(documents, (document) => changeNode(document, nodeId, change));
  const draw = (field: SchemaField): ReactElement => {
    const accepts = description?.prompts?.[field.name];
    const setting = (
      <Setting
        key={field.name}
        nodeId={nodeId}
        field={field}
        value={node.config[field.name]}
        issues={issues}
        isReadOnly={isReadOnly}
        version={description?.version}
      />
    );
    if (accepts === undefined) return setting;
    return (
      <Suspense key={field.name} fallback={setting}>
        <PromptField {...{ node, field, accepts, issues, isReadOnly, onChange }}>{setting}</PromptField>
      </Suspense>
    );
  };
  const general = issues.filter((issue) => issue.field === undefined && issue.port === undefined);
  const form = useMemo(() => ({ nodeId }), [nodeId]);
  return (
    <NodeFormContext value={form}>
      {general.map((issue) => (
        <p key={`${issue.code} ${issue.message}`} className={issue.severity === 'error' ? 'field-error' : 'field-help'}>
          <IssueText issue={issue} />
        </p>
      ))}
      {description === undefined ? (
        <pre className="output-json mono">{JSON.stringify(node.config, undefined, 2)}</pre>
      ) : (
        <>
          {basic.map(draw)}
          {advanced.length === 0 ? null : (
            <AdvancedSection key={nodeId} {...{ nodeId, node, description, issues, draw }} fields={advanced} />
          )}
        </>
      )}
      <RunSection nodeId={nodeId} node={node} description={description} issues={issues} isReadOnly={isReadOnly} />
      <SourceFields nodeId={nodeId} isReadOnly={isReadOnly} />
    </NodeFormContext>
  );
}

interface SettingProps {
  readonly nodeId: string;
  readonly field: SchemaField;
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  /** The current version of the node type. A change of the setting is stored for this version. */
  readonly version: number | undefined;
}

function Setting({ nodeId, field, value, issues, isReadOnly, version = 1 }: SettingProps): ReactElement {
  const { documents } = useSession();
  const onChange = useCallback(
    (next: unknown) =>
      edit(
        documents,
        (document) =>
          changeNode(setConfig(document, nodeId, [field.name], next), nodeId, (node) => ({
            ...node,
            version: Math.max(node.version, version),
          })),
        { gesture: `config ${nodeId} ${field.name}` },
      ),
    [documents, nodeId, field.name, version],
  );
  return (
    <ConfigField
      field={field}
      value={value}
      path={field.name}
      issues={issues}
      isReadOnly={isReadOnly}
      onChange={onChange}
    />
  );
}
