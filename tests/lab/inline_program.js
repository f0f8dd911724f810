// node inline_program.js VERB FOLDER: run a compiled TypeScript project as an inline program of the Automation API, which needs no
// Node.js language host. The result is printed as JSON on the last line.
const path = require("node:path");
const { LocalWorkspace } = require("@pulumi/pulumi/automation");

async function main(verb, folder) {
    const program = async () => ({ ...require(path.join(folder, "bin", "index.js")) });
    const stack = await LocalWorkspace.selectStack({ stackName: "dev", projectName: "vpn-in-typescript", program }, { workDir: folder });
    const done = await stack[verb]({ onOutput: text => process.stdout.write(text), color: "never" });
    const changes = done.changeSummary ?? done.summary.resourceChanges ?? {};
    const { same, ...others } = changes;
    process.stdout.write("\n" + JSON.stringify({ changes: others, outputs: verb === "up" ? Object.fromEntries(Object.entries(done.outputs).map(([name, { value }]) => [name, value])) : {} }) + "\n");
}

main(process.argv[2], process.argv[3]).catch(error => {
    console.error(error);
    process.exit(1);
});
