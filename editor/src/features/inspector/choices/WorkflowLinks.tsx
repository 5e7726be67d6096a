import clsx from 'clsx';
import { Plus, Workflow } from 'lucide-react';
import type { ReactElement } from 'react';
import { edit, newInner, titleOfNode } from '../../document/index.js';
import { useNodeForm } from '../node-form.js';
import { Link } from '../../../ui/navigation/Link.js';
import { goInside, insideNow, workflowPath } from '../../../ui/navigation/route.js';
import { useSession } from '../../session/index.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import styles from '../inspector.module.css';

/** A link that opens the chosen workflow on its canvas, or a button that creates an inner workflow. */
export function WorkflowLinks({
  value,
  path,
  isReadOnly,
  onChange,
}: FieldProps<'text'> & InputShared): ReactElement | null {
  const { documents, catalog } = useSession();
  const { nodeId } = useNodeForm();
  const chosen = typeof value === 'string' ? value : '';
  const open = (name: string): void => {
    goInside([...insideNow(), { node: nodeId, name }]);
  };
  if (isReadOnly || nodeId === '') return null;
  if (chosen !== '' && !chosen.startsWith('#'))
    return (
      <p className="field-help">
        <Link href={workflowPath(chosen)} className="text-link">
          Open {chosen}
        </Link>
      </p>
    );
  if (chosen !== '')
    return (
      <button
        type="button"
        className={clsx('button button-small', styles['field-way'])}
        onClick={() => open(chosen.slice(1))}
      >
        <Workflow size={13} aria-hidden /> Open on the canvas
      </button>
    );
  const make = (): void => {
    const { document } = documents.getState();
    if (document === undefined) return;
    const given = document.nodes[nodeId]?.config['input'];
    const input = typeof given === 'string' && given !== '' ? given : 'item';
    const title = titleOfNode({ document }, catalog.getState().byType, nodeId);
    const made = newInner(document, `${title}: inside`, input);
    // Choosing the new workflow below belongs to the same undo step.
    edit(documents, () => made.document, { gesture: `config ${nodeId} ${path.split('.')[0] ?? path}` });
    onChange(`#${made.name}`);
    open(made.name);
  };
  return (
    <button type="button" className={clsx('button button-small', styles['field-way'])} onClick={make}>
      <Plus size={13} aria-hidden /> Create inner workflow
    </button>
  );
}
