/** Completion for PowerShell. */
export function powershellScript(name: string, request: string): string {
  return `# powershell completion for ${name}

Register-ArgumentCompleter -Native -CommandName '${name}' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    $lines = @(& $commandAst.CommandElements[0].ToString() ${request} @words "$wordToComplete" 2>$null)
    if ($lines.Count -eq 0) { return }
    $directive = 0
    if ($lines[-1] -match '^:(\\d+)$') { $directive = [int]$Matches[1] }
    if ($directive -band 1) { return }
    $prefix = ''
    if ($wordToComplete -match '^(--[^=]+=)') { $prefix = $Matches[1] }
    $space = ' '
    if ($directive -band 2) { $space = '' }
    $lines | Select-Object -SkipLast 1 | ForEach-Object {
        $word, $about = $_ -split "\`t", 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new("$prefix$word$space", $word, 'ParameterValue', $about)
    }
}
`;
}
