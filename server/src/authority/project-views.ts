import type { Principal } from '@heddle/core';
import { Injectable } from '@nestjs/common';
import { ProjectGrants } from './project-grants.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Ownership } from '../auth/rights/ownership.js';
import { createView, namedProject, type ProjectView } from '../auth/rights/project-view.js';

/** Creates the project view of each request. */
@Injectable()
export class ProjectViews {
  constructor(
    private readonly ownership: Ownership,
    private readonly grants: ProjectGrants,
    private readonly clock: TrustedClock,
  ) {}

  /** The project view of the caller with these headers. Errors: `bad_request`. */
  viewFor(principal: Principal, headers: Readonly<Record<string, string | string[] | undefined>>): ProjectView {
    return createView({
      principal,
      named: namedProject(headers),
      projectsOf: (kind, id) => this.ownership.projectsOf(kind, id),
      grantedTo: (kind, id) => this.grants.projectsOf(kind, id),
      now: () => this.clock.now(),
    });
  }
}
