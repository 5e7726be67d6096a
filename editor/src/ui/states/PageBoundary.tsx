import { Component, type ReactElement, type ReactNode } from 'react';

interface Props {
  /** The page that is shown. When it changes, the new page renders even if the previous one failed. */
  readonly page: string;
  readonly children: ReactNode;
}

interface State {
  readonly broken: { readonly page: string; readonly reason: string } | undefined;
}

/** Catches the error of a page, so that the frame with its navigation stays. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { broken: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: { page: '', reason: error instanceof Error ? error.message : String(error) } };
  }

  /** An error belongs to the page that was shown when it occurred. */
  static getDerivedStateFromProps({ page }: Props, { broken }: State): State | null {
    if (broken === undefined || broken.page === page) return null;
    return { broken: broken.page === '' ? { ...broken, page } : undefined };
  }

  override render(): ReactNode {
    const { broken } = this.state;
    return broken === undefined ? this.props.children : <Broken reason={broken.reason} />;
  }
}

function Broken({ reason }: { readonly reason: string }): ReactElement {
  return (
    <main className="center">
      <div className="failure" role="alert">
        <h1 className="failure-title">This page failed</h1>
        <p>An error occurred here: {reason}. Saved work is safe, and runs continue.</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </div>
    </main>
  );
}
