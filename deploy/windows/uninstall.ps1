<#
.SYNOPSIS
Removes the services, the firewall rule and the event source of cellbench. Data, backups and settings of Windows stay.

.DESCRIPTION
Tests on the instruments run on, and nobody watches them any more: `cellbench stop --all` first. -WhatIf shows every change
and makes none. Power plan, Windows Update and the time service are left as they are; deploy/windows.md says how to set them back.

.EXAMPLE
.\uninstall.ps1 -RemoveProgram
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [string] $ProgramFolder = "$env:ProgramFiles\cellbench",
    # Also the virtual environments and the wrapper.
    [switch] $RemoveProgram
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

foreach ($name in @('cellbench-web', 'cellbench-node')) {
    if (-not (Get-Service -Name $name -ErrorAction SilentlyContinue)) { continue }
    if ($PSCmdlet.ShouldProcess($name, 'stop and remove the service')) {
        Stop-Service -Name $name
        & sc.exe delete $name
        if ($LASTEXITCODE -ne 0) { throw "cellbench: $name cannot be removed: exit code $LASTEXITCODE; close the services window" }
    }
}
if (Get-NetFirewallRule -Name 'cellbench-web' -ErrorAction SilentlyContinue) {
    if ($PSCmdlet.ShouldProcess('cellbench-web', 'remove the firewall rule')) { Remove-NetFirewallRule -Name 'cellbench-web' }
}
if ([System.Diagnostics.EventLog]::SourceExists('cellbench')) {
    if ($PSCmdlet.ShouldProcess('event log', 'remove the source cellbench')) { [System.Diagnostics.EventLog]::DeleteEventSource('cellbench') }
}
if ($RemoveProgram -and (Test-Path -LiteralPath $ProgramFolder)) {
    if ($PSCmdlet.ShouldProcess($ProgramFolder, 'delete')) { Remove-Item -LiteralPath $ProgramFolder -Recurse -Force }
}
Write-Output 'cellbench is no service of this computer any more. Its data stay where they are.'
