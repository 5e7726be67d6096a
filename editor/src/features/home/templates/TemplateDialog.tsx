import type { JobReply, TemplateSummary } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Markdown } from '../../../ui/markdown/Markdown.js';
import { navigate, workflowPath } from '../../../ui/navigation/route.js';
import { NeedList } from './NeedList.js';
import type { TemplateNeed } from './template-needs.js';

interface Shared {
  readonly template: TemplateSummary;
  readonly needs: readonly TemplateNeed[];
  readonly jobs: readonly JobReply[];
  readonly onClose: () => void;
}

/** The description of a template, and what it needs that is missing. */
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
          <section aria-label="Requirements">
            <h3>Requirements</h3>
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

/** What a copy still needs before it can run. */
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
    <Dialog title={`${template.name} was copied`} onClose={onClose}>
      <div className="dialog-form">
        {needs.length === 0 ? (
          <p role="status">Everything it needs is available.</p>
        ) : (
          <>
            <p>To run all of it, you still need:</p>
            <NeedList needs={needs} jobs={jobs} />
          </>
        )}
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={open}>
            Open workflow
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** The dialog already shows the title. */
const withoutTitle = (readme: string): string => readme.replace(/^# .*\n+/, '');
