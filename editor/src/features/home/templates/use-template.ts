import type { TemplateSummary } from '@heddle/core';
import { useCallback, useState } from 'react';
import { client } from '../../../data/api/client.js';
import type { ApiError } from '../../../data/http/http.js';
import { useAction } from '../../../data/queries/use-action.js';
import { navigate, workflowPath } from '../../../ui/navigation/route.js';
import { waitForJobs } from './wait-for-jobs.js';

/** The state of copying a template. */
export interface TemplateUse {
  /** The id of the template that is being copied. */
  readonly copying: string | undefined;
  /** The ids of the jobs that import the copy's sample documents. */
  readonly jobs: readonly string[];
  readonly error: ApiError | undefined;
  /** The id of the template whose copy failed. */
  readonly failed: string | undefined;
  readonly use: (template: TemplateSummary) => void;
}

/** Copies templates with their documents, one at a time. The copy opens when its documents have been imported. */
export function useTemplate(): TemplateUse {
  const action = useAction();
  const { run } = action;
  const [used, setUsed] = useState<string>();
  const [jobs, setJobs] = useState<readonly string[]>([]);
  const use = useCallback(
    ({ id }: TemplateSummary): void => {
      setUsed(id);
      setJobs([]);
      run(async () => {
        const made = await client.POST('/api/templates/{id}', { params: { path: { id } } });
        setJobs(made.jobs);
        await waitForJobs(made.jobs);
        navigate(workflowPath(made.workflow.slug));
      });
    },
    [run],
  );
  return {
    copying: action.isBusy ? used : undefined,
    jobs,
    error: action.error,
    failed: action.error === undefined ? undefined : used,
    use,
  };
}
