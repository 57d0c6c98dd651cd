// Compiles projects with one TypeScript, whose module is the first argument; the others are projects as JSON: the folder, the files and
// the options. Prints for each of them what its compiler has to say, as JSON. One process for all, so that the declarations of the
// language are parsed once.
import { createRequire } from "node:module";

const [compiler, ...projects] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(compiler);

const libraries = new Map();
const results = projects.map((project) => {
  const { folder, files, options } = JSON.parse(project);
  const { options: parsed, errors } = ts.convertCompilerOptionsFromJson(options, folder);
  const host = ts.createCompilerHost(parsed);
  const { getSourceFile } = host;
  host.getCurrentDirectory = () => folder;
  host.getSourceFile = (name, ...rest) => {
    if (!/[\\/]lib\.[\w.]+\.ts$/.test(name)) return getSourceFile(name, ...rest);
    if (!libraries.has(name)) libraries.set(name, getSourceFile(name, ...rest));
    return libraries.get(name);
  };
  const rootNames = files.map((file) => `${folder}/${file}`);
  const program = ts.createProgram({ rootNames, options: parsed, host });
  const diagnostics = [...errors, ...ts.getPreEmitDiagnostics(program)]
    // Older compilers have their own errors in the newest declarations of Node.
    .filter(({ file }) => !file?.fileName.includes("/@types/"));
  return {
    // What was read of the package, so that a project that finds something else is noticed.
    declarations: program.getSourceFiles().map(({ fileName }) => fileName).filter((name) => name.includes("/pushforward/")), // prettier-ignore
    text: ts.formatDiagnostics(diagnostics, {
      getCurrentDirectory: () => folder,
      getCanonicalFileName: (name) => name,
      getNewLine: () => "\n",
    }),
  };
});
process.stdout.write(JSON.stringify(results));
