// Where the project lives on the web: the one place that says so. What there is not yet is null, and is then named nowhere: package.json
// has no `repository`, `homepage` and `bugs`, and README has no links to files of the repository. `npm run release:write` puts in
// both what is set here.

/** The repository's address, as https://github.com/owner/name. */
export const REPOSITORY = null;
/** What `dist/` of a version can be had from once it is published: all that npm publishes is there. */
export const CDN = "https://cdn.jsdelivr.net/npm";

/** The fields of package.json. */
export const manifestFields = (repository = REPOSITORY) =>
  repository === null
    ? {}
    : {
        repository: { type: "git", url: `git+${repository}.git` },
        homepage: `${repository}#readme`,
        bugs: `${repository}/issues`,
      };

/** A path of the package as README writes it, alone or as a link. */
const PATH = /\[`((?:docs\/[\w./-]*|CHANGELOG)\.md)`\]\([^)]*\)|`((?:docs\/[\w./-]*|CHANGELOG)\.md)`/g;
/** README's text, in which paths of the package are links to that version in the repository, if there is one. */
export const withLinks = (text, version, repository = REPOSITORY) =>
  text.replace(PATH, (_, linked, plain) => {
    const path = linked ?? plain;
    return repository === null ? `\`${path}\`` : `[\`${path}\`](${repository}/blob/v${version}/${path})`;
  });
