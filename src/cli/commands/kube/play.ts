import { dirname, resolve } from 'node:path';
import type { ContainerEngine } from '../../../container/engine.ts';
import { parseMac } from '../../../container/options/namespaces.ts';
import { parsePublish } from '../../../container/options/ports.ts';
import { waitForContainer } from '../../../container/wait.ts';
import { SelkieError } from '../../../errors.ts';
import type { EngineCopyOptions } from '../../../image/pull-options.ts';
import { type PlayOptions, type PlayReport, playKube } from '../../../kube/play.ts';
import type { Arguments } from '../../arity.ts';
import { SelkieCommand } from '../../command.ts';
import { openContainers } from '../../engine.ts';
import { defaults, flag, pick } from '../../flag.ts';
import { toCopyOptions } from '../../flags/copy-options.ts';
import { networking } from '../../flags/networking.ts';
import { registryAccess } from '../../flags/registry.ts';
import { readKubeInput } from '../../kube-input.ts';
import { copyProgress } from '../../output/copy-progress.ts';
import { buildahVersion } from '../../program.ts';
import { takeDown } from '../../take-down.ts';

export default class KubePlay extends SelkieCommand {
  static override summary = 'Make what a YAML file for Kubernetes describes';
  static override description =
    'Pods, Deployments, DaemonSets, Jobs, ConfigMaps, Secrets and PersistentVolumeClaims are understood. A dash reads from the input.';
  static override examples = ['kube play web.yaml', 'kube play --replace --network mynet web.yaml'];
  static override usage = '[KUBEFILE [KUBEFILE...]]|-';
  static override flags = {
    ...pick(networking, 'network', 'no-hostname', 'no-hosts'),
    ...registryAccess,
    annotation: flag.stringArray({ summary: 'Annotation of the containers, as key=value' }),
    build: flag.bool({ summary: 'Build images for which there is a directory with a Containerfile' }),
    configmap: flag.stringArray({ valueName: 'Pathname', summary: 'YAML file with a ConfigMap', complete: 'files' }),
    'context-dir': flag.string({ summary: 'Directory from which images are built', complete: 'directories' }),
    down: flag.bool({ hidden: true, summary: 'Remove what the file describes' }),
    force: flag.bool({ summary: 'With --down, remove volumes too' }),
    ip: flag.ips({ defaultText: '[]', summary: 'Address of a pod; may be repeated' }),
    'log-driver': flag.string({
      defaultText: '"k8s-file"',
      summary: 'Where the output of containers goes',
      choices: ['json-file', 'k8s-file', 'journald', 'none', 'passthrough', 'passthrough-tty'],
    }),
    'log-opt': flag.stringArray({ summary: 'Option of the log driver, as key=value' }),
    'mac-address': flag.strings({ summary: 'MAC address' }),
    'no-pod-prefix': flag.bool({ summary: 'Call containers by their names alone' }),
    'no-trunc': flag.bool({ aliases: ['notruncate'], hidden: true, summary: 'Show everything in full' }),
    publish: flag.strings({ summary: 'Port to publish, in place of those of the file' }),
    'publish-all': flag.bool({ summary: 'Publish all ports that containers announce' }),
    quiet: flag.bool({ short: 'q', summary: 'Print nothing while images are pulled' }),
    replace: flag.bool({ summary: 'Take the place of what the file describes' }),
    'seccomp-profile-root': flag.string({
      default: '/var/lib/kubelet/seccomp',
      summary: 'Directory of seccomp profiles',
      complete: 'directories',
    }),
    'service-container': flag.bool({ hidden: true, summary: 'Hold the pods in a service container' }),
    'service-exit-code-propagation': flag.string({ hidden: true, summary: 'Which exit codes of containers become that of the service' }),
    start: flag.bool({ default: true, summary: 'Start the pods' }),
    userns: flag.string({ summary: 'User namespace: host, keep-id, auto, nomap, private, container:NAME or ns:PATH' }),
    wait: flag.bool({ short: 'w', summary: 'Wait until the pods end' }),
  };
  static override args: Arguments = { min: 1, complete: ['files'] };

  override async run(): Promise<void> {
    const { flags, args, changed } = this.parse(KubePlay);
    if (flags['service-container'] && !flags.start) throw new SelkieError('--service-container does not work with --start=stop');
    if (changed('authfile')) (await import('../../../config/auth-json.ts')).checkAuthFile(flags.authfile);
    if (flags['context-dir'] !== '' && !flags.build) throw new SelkieError('--build must be specified when using --context-dir option');
    const annotations = annotationsOf(flags.annotation);
    if (flags.force && !flags.down) throw new SelkieError('--force may be specified only with --down');
    const content = await readKubeInput(args);
    using engine = openContainers(this.globals);
    if (flags.down || flags.replace) {
      await takeDown(engine, content, flags.force);
      if (flags.down) return;
    }
    if (flags.wait) this.out('Use ctrl+c to clean up or wait for pods to exit');
    const options = this.options(engine, annotations);
    const end = flags.wait ? cleanUpOnSignal(() => this.cleanUp(engine, content, '\n')) : undefined;
    const report = await playKube(engine, content, options);
    this.show(report);
    if (!end) return;
    const { serviceContainer } = report;
    const ended = serviceContainer ? waitForContainer(engine, serviceContainer, []) : Promise.resolve(0);
    const by = await Promise.race([ended.then(() => 'itself' as const), end.signalled]);
    if (by === 'itself') await this.cleanUp(engine, content, '');
    else await end.done;
  }

  private async cleanUp(engine: ContainerEngine, content: string, before: string): Promise<void> {
    this.out(`${before}Cleaning up containers, pods, and volumes...`);
    await takeDown(engine, content, true);
  }

  private options(engine: ContainerEngine, annotations: Record<string, string>): PlayOptions {
    const { flags, changed } = this.parse(KubePlay);
    const onProgress = copyProgress({ quiet: flags.quiet });
    const pull = { ...toCopyOptions(flags, (name) => changed(name as never)), ...(onProgress ? { onProgress } : {}) };
    return {
      annotations,
      configMapFiles: flags.configmap,
      networks: flags.network,
      ips: flags.ip,
      macs: flags['mac-address'].map(parseMac),
      ports: parsePublish([...flags.publish]),
      publishAll: flags['publish-all'],
      ...(changed('no-hosts') ? { noHosts: flags['no-hosts'] } : {}),
      noHostname: flags['no-hostname'],
      noPodPrefix: flags['no-pod-prefix'],
      userns: flags.userns,
      logDriver: flags['log-driver'],
      logOptions: flags['log-opt'],
      seccompRoot: flags['seccomp-profile-root'],
      replace: flags.replace,
      start: flags.start,
      serviceContainer: flags['service-container'] || flags.wait,
      exitCodePropagation: flags['service-exit-code-propagation'],
      images: {
        contextDir: resolve(flags['context-dir'] || '.'),
        ...(changed('build') ? { build: flags.build } : {}),
        buildImage: (name, containerfile) => this.build(engine, name, containerfile, pull),
        pull,
      },
    };
  }

  private async build(engine: ContainerEngine, name: string, containerfile: string, pull: EngineCopyOptions): Promise<void> {
    const { buildImage } = await import('../../../build/build.ts');
    const { readBuildFiles } = await import('../../build-files.ts');
    const { toBuildOptions } = await import('../../flags/build-options.ts');
    const { buildFlags } = await import('../../flags/build.ts');
    const values = { ...defaults(buildFlags), tag: [name], file: [containerfile] };
    const context = dirname(containerfile);
    const options = toBuildOptions({
      flags: values,
      changed: (flag) => flag === 'tag' || flag === 'file',
      context,
      containerfile: await readBuildFiles({ files: [containerfile], context, cppFlags: [] }),
      version: buildahVersion,
    });
    Object.assign(options.pull, pull);
    const { quiet } = this.parse(KubePlay).flags;
    const say = (text: string) => (quiet ? undefined : this.err(text));
    await buildImage(engine.images, options, { out: say, err: say, progress: copyProgress({ quiet }), stdio: 'inherit' });
  }

  private show({ volumes, secrets, pods }: PlayReport): void {
    if (volumes.length > 0) this.out(`Volumes:\n${volumes.join('\n')}`);
    if (secrets.length > 0) this.out(`Secrets:\n${secrets.join('\n')}`);
    let failed = 0;
    for (const { id, containers, failures } of pods) {
      this.out(`Pod:\n${id}`);
      if (containers.length === 0) continue;
      this.out(`${containers.length === 1 ? 'Container:' : 'Containers:'}\n${containers.join('\n')}`);
      failed += failures.length;
      if (failures.length > 0) this.out('');
      for (const failure of failures) this.err(`starting container ${failure.id}: ${failure.error.message}`);
      this.out('');
    }
    if (failed > 0) throw new SelkieError(`failed to start ${failed} containers`);
  }
}

function annotationsOf(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const equals = value.indexOf('=');
      if (equals < 0) throw new SelkieError(`annotation ${JSON.stringify(value)} must include an '=' sign`);
      return [value.slice(0, equals), value.slice(equals + 1)];
    }),
  );
}

/** Interrupted, what was made is taken down. `signalled` is over when a signal comes, `done` when everything is gone. */
function cleanUpOnSignal(cleanUp: () => Promise<void>): { signalled: Promise<'signal'>; done: Promise<void> } {
  const signalled = Promise.withResolvers<'signal'>();
  const done = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      signalled.resolve('signal');
      cleanUp().then(done.resolve, done.reject);
    });
  return { signalled: signalled.promise, done: done.promise };
}
