import type { JobReply, TemplateSummary } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { Dialog } from '../../palette/Dialog.js';
import { Markdown } from '../../values/Markdown.js';
import { navigate, workflowPath } from '../route.js';
import { NeedList } from './NeedList.js';
import type { TemplateNeed } from './template-needs.js';

interface Shared {
  readonly template: TemplateSummary;
  readonly needs: readonly TemplateNeed[];
  readonly jobs: readonly JobReply[];
  readonly onClose: () => void;
}

/** What a template is about: what its makers wrote, and what it needs that is not here. */
export function AboutTemplate({
  template,
  needs,
  jobs,
  use,
  onClose,
}: Shared & {
  /** The button that copies it. */
  readonly use: ReactNode;
}): ReactElement {
  return (
    <Dialog title={template.name} onClose={onClose}>
      <div className="dialog-form dialog-wide template-about">
        {needs.length === 0 ? null : (
          <section aria-label="What it needs">
            <h3>It needs</h3>
            <NeedList needs={needs} jobs={jobs} />
          </section>
        )}
        <Markdown text={withoutTitle(template.readme)} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          {use}
        </div>
      </div>
    </Dialog>
  );
}

/** What a copy still needs before it runs: said at once, not by a run that fails. */
export function CopiedTemplate({
  template,
  needs,
  jobs,
  slug,
  onClose,
}: Shared & { readonly slug: string }): ReactElement {
  const open = (): void => {
    onClose();
    navigate(workflowPath(slug));
  };
  return (
    <Dialog title={`${template.name} is copied`} onClose={onClose}>
      <div className="dialog-form">
        {needs.length === 0 ? (
          <p role="status">Everything that it needs is here.</p>
        ) : (
          <>
            <p>Before all of it can run, it needs:</p>
            <NeedList needs={needs} jobs={jobs} />
          </>
        )}
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={open}>
            Open the workflow
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** The title stands above it already. */
const withoutTitle = (readme: string): string => readme.replace(/^# .*\n+/, '');
