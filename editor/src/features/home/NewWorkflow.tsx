import { FileUp, Plus } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import type { WorkflowReply } from '@heddle/core';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { awaitCanvas } from '../../ui/keyboard/move-focus.js';
import { Notice } from '../../ui/states/Notice.js';
import { navigate, workflowPath } from '../../ui/navigation/route.js';
import { createFirst, importFile } from './new-workflow.js';
import styles from './home.module.css';

/** Creates an empty workflow, or imports one from a file. */
export function NewWorkflow(): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const open = (created: Promise<WorkflowReply>): void => {
    setBusy(true);
    setError(undefined);
    created
      .then(
        (workflow) => {
          awaitCanvas();
          navigate(workflowPath(workflow.slug));
        },
        (reason: unknown) => setError(toApiError(reason)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div className={styles['new-workflow']}>
      <div className="flex gap-8">
        <button type="button" className="button" disabled={isBusy} onClick={() => open(createFirst())}>
          <Plus size={15} aria-hidden /> New workflow
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => input.current?.click()}>
          <FileUp size={15} aria-hidden /> Import file
        </button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          hidden
          aria-label="Workflow file"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file !== undefined) open(importFile(file));
          }}
        />
      </div>
      {error === undefined ? null : <Notice error={error} />}
    </div>
  );
}
