import clsx from 'clsx';
import { ChevronRight, CornerLeftUp } from 'lucide-react';
import { useContext, type ReactElement } from 'react';
import { useDocument } from '../session/index.js';
import {
  parentExecutionOf,
  scopesTo,
  openScope,
  ParentTitleContext,
  RunFocusContext,
  ScopeContext,
  useNested,
} from '../run/index.js';
import { InsideContext } from './inside-context.js';
import { Stepper } from '../../ui/buttons/Stepper.js';
import styles from './nested-runs.module.css';

/** The breadcrumb of a nested run: each outer run, and the position among the runs of the same node. */
export function NestedBar(): ReactElement | null {
  const focus = useContext(RunFocusContext);
  const scope = useContext(ScopeContext);
  const name = useDocument((state) => state.document?.name);
  const titleOf = useContext(ParentTitleContext);
  const isDraft = useContext(InsideContext) !== undefined;
  const steps = scopesTo(scope);
  if (steps.length === 0 || isDraft) return null;
  const around = steps.at(-2) ?? '';
  return (
    <nav className={clsx(styles['nested-bar'], 'floating aligned-wrapped')} aria-label="Outer runs">
      <button
        type="button"
        className={styles['nested-step']}
        onClick={() => openScope(focus, around)}
        data-tip="Back to outer run (Mod+↑)"
      >
        <CornerLeftUp size={14} aria-hidden /> <span className="visually-hidden">Up: </span>
        {around === '' ? 'Run' : titleOf(around)}
      </button>
      {steps.map((step) => (
        <Step key={step} scope={step} isLast={step === scope} />
      ))}
      <span className={styles['nested-name']}>{name}</span>
    </nav>
  );
}

function Step({ scope, isLast }: { readonly scope: string; readonly isLast: boolean }): ReactElement {
  const focus = useContext(RunFocusContext);
  const { path } = parentExecutionOf(scope);
  const runs = useNested(path);
  const index = runs.findIndex((run) => run.scope === scope);
  const title = useContext(ParentTitleContext)(scope);
  return (
    <>
      <ChevronRight size={14} aria-hidden className="quiet" />
      {isLast ? (
        <span className="strong-text">{title}</span>
      ) : (
        <button type="button" className={styles['nested-step']} onClick={() => openScope(focus, scope)}>
          {title}
        </button>
      )}
      {runs.length < 2 ? null : (
        <Stepper
          what="item"
          index={Math.max(0, index)}
          count={runs.length}
          onChange={(next) => openScope(focus, runs[next]?.scope ?? scope)}
        />
      )}
    </>
  );
}
