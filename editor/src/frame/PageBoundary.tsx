import { Component, type ReactElement, type ReactNode } from 'react';

interface Props {
  /** Which page is shown: another one is tried although the one before broke. */
  readonly page: string;
  readonly children: ReactNode;
}

interface State {
  readonly broken: { readonly page: string; readonly reason: string } | undefined;
}

/** Keeps a fault of a page to that page: the frame around it stays, and leads elsewhere. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { broken: undefined };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: { page: '', reason: error instanceof Error ? error.message : String(error) } };
  }

  /** A fault belongs to the page that was shown when it came. */
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
        <h1 className="failure-title">This page stopped</h1>
        <p>Heddle made a mistake here: {reason}. What was saved is safe, and runs go on.</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </div>
    </main>
  );
}
