<#
.SYNOPSIS
Installs cellbench as two Windows services, and makes this computer one that runs day and night. May be run again.

.DESCRIPTION
Creates a virtual environment for this version, the services cellbench-node and cellbench-web under accounts of their own
without rights, and the settings a laboratory computer needs: no sleep, no restart by Windows Update
in active hours, time service, no power saving of USB and network. -WhatIf shows every change and makes none.
Tests on the instruments go on while the services restart. deploy/windows.md explains each step.

.EXAMPLE
.\install.ps1 -Source .\cellbench-0.1.0-py3-none-any.whl -LabFile C:\lab\lab.yaml -Shawl .\shawl.exe -ShawlSha256 3F2A…
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    # The wheel, or the folder with the source.
    [Parameter(Mandatory = $true)] [string] $Source,
    # Copied to the data folder unless it is there already.
    [Parameter(Mandatory = $true)] [string] $LabFile,
    # shawl.exe 1.9.0 or later, as downloaded from the project's releases; it is not part of cellbench.
    [Parameter(Mandatory = $true)] [string] $Shawl,
    # What the release page says of it. A file that is another one is refused.
    [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9A-Fa-f]{64}$')] [string] $ShawlSha256,
    # A folder with wheels of everything cellbench needs, for a computer without internet.
    [string] $Wheels = '',
    [string] $Extras = 'biologic',
    # A 64-bit Python 3.11 or later, installed for all users.
    [string] $Python = 'py.exe',
    [string] $ProgramFolder = "$env:ProgramFiles\cellbench",
    [string] $DataFolder = "$env:ProgramData\cellbench",
    # Which of the lab's nodes this is, where the lab file has several.
    [string] $NodeName = '',
    # The folder of step files on this computer, where BTS runs here too.
    [string] $StepFolder = '',
    # Who may write the STOP file and change the lab file: a user or a group.
    [string] $Operators = '',
    # Passwords that the lab file names, for instance @{ BTS_PASSWORD = '…' }. Given once, they are kept.
    [hashtable] $Secrets = @{},
    # Windows does not restart by itself between these hours (at most 18).
    [ValidateRange(0, 23)] [int] $ActiveFrom = 6,
    [ValidateRange(0, 23)] [int] $ActiveUntil = 23,
    # Empty: the time servers that this computer has already.
    [string] $TimeServer = '',
    # Who may reach the API, where the lab file lets it listen beyond this computer: addresses or networks.
    [string[]] $AllowFrom = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$Services = @(
    @{ Name = 'cellbench-node'; Command = 'node'; Priority = 'above-normal'; StopMs = 30000; Text = 'Drives the instruments.' },
    @{ Name = 'cellbench-web'; Command = 'web'; Priority = 'below-normal'; StopMs = 15000; Text = 'HTTP API and pages.' }
)
$EventSource = 'cellbench'

function Stop-WithReason([string] $Reason) {
    throw "cellbench: $Reason"
}

function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) {
        Stop-WithReason "$Program $($Arguments -join ' ') ended with exit code $LASTEXITCODE"
    }
}

function Invoke-Change([string] $Target, [string] $What, [scriptblock] $Change) {
    if ($PSCmdlet.ShouldProcess($Target, $What)) {
        & $Change
    }
}

function Test-Prerequisites {
    if (-not [Environment]::Is64BitOperatingSystem) {
        Stop-WithReason 'a 64-bit Windows is needed: EClib64.dll is loaded into a 64-bit Python'
    }
    foreach ($path in @($Source, $LabFile, $Shawl)) {
        if (-not (Test-Path -LiteralPath $path)) { Stop-WithReason "$path is not there" }
    }
    if ($Wheels -and -not (Test-Path -LiteralPath $Wheels -PathType Container)) { Stop-WithReason "$Wheels is no folder" }
    $found = (Get-FileHash -LiteralPath $Shawl -Algorithm SHA256).Hash
    if ($found -ne $ShawlSha256) {
        Stop-WithReason "$Shawl has the checksum $found, not $ShawlSha256; download it again, and ask where it came from"
    }
    $version = & $Python -c 'import struct, sys; print(int(sys.version_info >= (3, 11) and struct.calcsize(str(chr(80))) == 8))'
    if ($LASTEXITCODE -ne 0 -or "$version".Trim() -ne '1') {
        Stop-WithReason "$Python is no 64-bit Python 3.11 or later; install one for all users, or name it with -Python"
    }
    if ((($ActiveUntil - $ActiveFrom + 24) % 24) -gt 18) {
        Stop-WithReason "active hours from $ActiveFrom to $ActiveUntil are more than the 18 that Windows takes"
    }
}

function Get-SourceVersion {
    $name = Split-Path -Leaf $Source
    if ($name -match '^cellbench-([^-]+)-.*\.whl$') { return $Matches[1] }
    $project = Join-Path $Source 'pyproject.toml'
    if ((Test-Path -LiteralPath $project) -and ((Get-Content -Raw -LiteralPath $project) -match '(?m)^version = "([^"]+)"')) {
        return $Matches[1]
    }
    Stop-WithReason "$Source is neither a wheel of cellbench nor its source folder"
}

# Every version has a folder of its own: a running service never sees its files change, and the old one is the way back.
function Install-Program([string] $Environment) {
    $exe = Join-Path $Environment 'Scripts\python.exe'
    $done = Join-Path $Environment 'installed.txt'
    if (Test-Path -LiteralPath $done) {
        Write-Output "$Environment is installed already"
        return
    }
    Invoke-Change $Environment 'create a virtual environment with cellbench' {
        Invoke-Program $Python @('-m', 'venv', '--clear', $Environment)
        $arguments = @('-m', 'pip', 'install', '--disable-pip-version-check', '--quiet')
        if ($Wheels) { $arguments += @('--no-index', '--find-links', (Resolve-Path -LiteralPath $Wheels).Path) }
        $package = (Resolve-Path -LiteralPath $Source).Path
        if ($Extras) { $package = "$package[$Extras]" }
        Invoke-Program $exe ($arguments + $package)
        Invoke-Program $exe @('-m', 'orchestrator.cli', '--version')
        Set-Content -LiteralPath $done -Value $package
    }
}

function Install-Shawl {
    $kept = Join-Path $ProgramFolder 'shawl.exe'
    if ((Test-Path -LiteralPath $kept) -and ((Get-FileHash -LiteralPath $kept -Algorithm SHA256).Hash -eq $ShawlSha256)) { return }
    Invoke-Change $kept 'copy the service wrapper (both services stop for it)' {
        New-Item -ItemType Directory -Force -Path $ProgramFolder | Out-Null
        Get-Service -Name 'cellbench-*' | Stop-Service
        Copy-Item -LiteralPath $Shawl -Destination $kept -Force
    }
}

function Initialize-DataFolder([string] $Lab) {
    Invoke-Change $DataFolder 'create, with the lab file' {
        foreach ($folder in @($DataFolder, "$DataFolder\logs", "$DataFolder\backups")) {
            New-Item -ItemType Directory -Force -Path $folder | Out-Null
        }
        if (-not (Test-Path -LiteralPath $Lab)) { Copy-Item -LiteralPath $LabFile -Destination $Lab }
    }
}

function Get-ServiceCommand([hashtable] $Service, [string] $Exe, [string] $Lab) {
    $wrapper = @(
        "`"$ProgramFolder\shawl.exe`"", 'run', '--name', $Service.Name,
        '--restart', '--restart-delay', '5000', '--stop-timeout', $Service.StopMs, '--kill-process-tree',
        '--priority', $Service.Priority, '--log-dir', "`"$DataFolder\logs`"", '--log-rotate', 'daily', '--log-retain', '60',
        '--env', 'PYTHONUNBUFFERED=1', '--env', 'PYTHONUTF8=1', '--cwd', "`"$DataFolder`""
    )
    $program = @('--', "`"$Exe`"", '-m', 'orchestrator.cli', $Service.Command, '--lab', "`"$Lab`"")
    if ($NodeName -and $Service.Command -eq 'node') { $program += @('--name', "`"$NodeName`"") }
    return ($wrapper + $program) -join ' '
}

function Install-LabService([hashtable] $Service, [string] $CommandLine) {
    $name = $Service.Name
    Invoke-Change $name 'register the service, under an account of its own' {
        if (-not (Get-Service -Name $name -ErrorAction SilentlyContinue)) {
            New-Service -Name $name -BinaryPathName $CommandLine -DisplayName "cellbench $($Service.Command)" `
                -Description $Service.Text -StartupType Automatic | Out-Null
        }
        $entry = Get-CimInstance -ClassName Win32_Service -Filter "Name='$name'"
        # A virtual account has no password, and Windows refuses one, even an empty one.
        $wanted = @{ PathName = $CommandLine; StartMode = 'Automatic'; StartName = "NT SERVICE\$name" }
        $result = Invoke-CimMethod -InputObject $entry -MethodName Change -Arguments $wanted
        if ($result.ReturnValue -ne 0) { Stop-WithReason "$name cannot be changed: Win32_Service.Change returned $($result.ReturnValue)" }
        # The wrapper starts the program again after 5 s, for ever; this is for the wrapper itself.
        Invoke-Program 'sc.exe' @('failure', $name, 'reset=', '86400', 'actions=', 'restart/5000/restart/5000/restart/5000')
        Invoke-Program 'sc.exe' @('failureflag', $name, '1')
    }
}

# Passwords stand in the service's own environment, in a registry key that only administrators and Windows itself read.
function Set-ServiceSecrets([string] $Name) {
    $key = "HKLM:\SYSTEM\CurrentControlSet\Services\$Name"
    if ($Secrets.Count -eq 0) { return }
    Invoke-Change $Name "keep $($Secrets.Keys -join ', ') where only administrators read it" {
        $rights = Get-Acl -Path $key
        $rights.SetAccessRuleProtection($true, $false)
        foreach ($sid in @('S-1-5-18', 'S-1-5-32-544')) {
            $who = New-Object System.Security.Principal.SecurityIdentifier($sid)
            $rule = New-Object System.Security.AccessControl.RegistryAccessRule($who, 'FullControl', 'ContainerInherit', 'None', 'Allow')
            $rights.AddAccessRule($rule)
        }
        Set-Acl -Path $key -AclObject $rights
        $lines = @($Secrets.GetEnumerator() | ForEach-Object { "$($_.Key)=$($_.Value)" })
        New-ItemProperty -Path $key -Name 'Environment' -PropertyType MultiString -Value $lines -Force | Out-Null
    }
}

function Grant-Folders {
    # *S-1-5-18: Windows itself; *S-1-5-32-544: administrators
    $granted = @('*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F')
    $granted += @($Services | ForEach-Object { "NT SERVICE\$($_.Name):(OI)(CI)M" })
    if ($Operators) { $granted += "${Operators}:(OI)(CI)M" }
    Invoke-Change $DataFolder 'let only services, administrators and operators in' {
        Invoke-Program 'icacls.exe' (@($DataFolder, '/inheritance:r', '/grant:r') + $granted + @('/Q'))
    }
    if ($StepFolder) {
        Invoke-Change $StepFolder 'let the node write step files' {
            Invoke-Program 'icacls.exe' @($StepFolder, '/grant', 'NT SERVICE\cellbench-node:(OI)(CI)M', '/Q')
        }
    }
}

function Test-Backups([string] $Exe, [string] $Lab) {
    if (-not (Test-Path -LiteralPath $Exe) -or -not (Test-Path -LiteralPath $Lab)) { return }
    $asked = & $Exe -c 'import sys; from orchestrator.config import read_lab; print(read_lab(sys.argv[1]).backup is not None)' $Lab
    if ($LASTEXITCODE -ne 0) { Stop-WithReason "$Lab cannot be read; put it right and run this again" }
    if ("$asked".Trim() -ne 'True') {
        Write-Warning "the lab file asks for no backups; add: backup: {cron: `"30 2 * * *`", to: '$DataFolder\backups'}"
    }
}

function Set-PowerPlan {
    Invoke-Change 'power plan' 'no sleep, no hibernation, no saving on USB and PCI Express' {
        foreach ($what in @('standby-timeout-ac', 'hibernate-timeout-ac', 'disk-timeout-ac')) {
            Invoke-Program 'powercfg.exe' @('/change', $what, '0')
        }
        Invoke-Program 'powercfg.exe' @('/hibernate', 'off')
        $savings = @(
            @('2a737441-1930-4402-8d77-b2bebba308a3', '48e6b7a6-50f5-4782-a5d4-53bb8f07e226'),   # USB selective suspend
            @('501a4d13-42af-4429-9fd1-a8218c268e20', 'ee12f906-d277-404b-b6da-e5fa1a576df5')    # PCI Express link state
        )
        foreach ($saving in $savings) {
            Invoke-Program 'powercfg.exe' @('/setacvalueindex', 'SCHEME_CURRENT', $saving[0], $saving[1], '0')
        }
        Invoke-Program 'powercfg.exe' @('/setactive', 'SCHEME_CURRENT')
    }
    foreach ($adapter in @(Get-NetAdapter -Physical)) {
        Invoke-Change $adapter.Name 'never switch this network adapter off' {
            $power = Get-NetAdapterPowerManagement -Name $adapter.Name -ErrorAction SilentlyContinue
            if ($power -and "$($power.AllowComputerToTurnOffDevice)" -eq 'Enabled') {
                $power.AllowComputerToTurnOffDevice = 'Disabled'
                Set-NetAdapterPowerManagement -InputObject $power
            }
        }
    }
    Invoke-Change 'USB devices' 'never switch them off' {
        $devices = Get-CimInstance -Namespace 'root\wmi' -ClassName MSPower_DeviceEnable -ErrorAction SilentlyContinue
        foreach ($device in @($devices | Where-Object { $_.InstanceName -like 'USB\*' -and $_.Enable })) {
            Set-CimInstance -InputObject $device -Property @{ Enable = $false }
        }
    }
}

function Set-WindowsUpdate {
    $policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate'
    Invoke-Change 'Windows Update' "no restart between $ActiveFrom and $ActiveUntil o'clock, installed when a person says so" {
        New-Item -Path "$policy\AU" -Force | Out-Null
        $values = @{ SetActiveHours = 1; ActiveHoursStart = $ActiveFrom; ActiveHoursEnd = $ActiveUntil }
        foreach ($name in $values.Keys) {
            New-ItemProperty -Path $policy -Name $name -PropertyType DWord -Value $values[$name] -Force | Out-Null
        }
        # 3: downloads by itself, and asks before it installs
        $values = @{ AUOptions = 3; NoAutoUpdate = 0; NoAutoRebootWithLoggedOnUsers = 1 }
        foreach ($name in $values.Keys) {
            New-ItemProperty -Path "$policy\AU" -Name $name -PropertyType DWord -Value $values[$name] -Force | Out-Null
        }
    }
}

function Set-TimeService {
    Invoke-Change 'W32Time' 'start with Windows, and synchronise' {
        Set-Service -Name W32Time -StartupType Automatic
        Start-Service -Name W32Time
        if ($TimeServer) {
            Invoke-Program 'w32tm.exe' @('/config', "/manualpeerlist:$TimeServer,0x8", '/syncfromflags:manual', '/update')
        }
        & w32tm.exe /resync /force
        if ($LASTEXITCODE -ne 0) {
            Write-Warning 'the clock could not be synchronised; look at `w32tm /query /status`, and name a server with -TimeServer'
        }
    }
}

# The lab file says where the API listens. Loopback needs no rule, and an old one goes.
function Set-Firewall([string] $Exe, [string] $Lab) {
    if (-not (Test-Path -LiteralPath $Exe) -or -not (Test-Path -LiteralPath $Lab)) { return }
    $reading = 'import sys; from orchestrator.config import read_lab; w = read_lab(sys.argv[1]).web; print(w.host, w.port)'
    $place = & $Exe -c $reading $Lab
    if ($LASTEXITCODE -ne 0) { Stop-WithReason "$Lab cannot be read; put it right and run this again" }
    $address, $port = "$place".Trim() -split ' '
    $beyond = @('127.0.0.1', '::1', 'localhost') -notcontains $address
    if (Get-NetFirewallRule -Name 'cellbench-web' -ErrorAction SilentlyContinue) {
        Invoke-Change 'firewall' 'remove the old rule cellbench-web' { Remove-NetFirewallRule -Name 'cellbench-web' }
    }
    if (-not $beyond) { return }
    if ($AllowFrom.Count -eq 0) { Stop-WithReason "the lab file lets the API listen at ${address}: say with -AllowFrom who may reach it" }
    Invoke-Change 'firewall' "let $($AllowFrom -join ', ') reach port $port" {
        New-NetFirewallRule -Name 'cellbench-web' -DisplayName 'cellbench web' -Direction Inbound -Action Allow -Protocol TCP `
            -LocalPort $port -RemoteAddress $AllowFrom -Program $Exe -Profile @('Domain', 'Private') | Out-Null
    }
}

function Write-Installed([string] $Text) {
    Invoke-Change 'event log' "source $EventSource" {
        if (-not [System.Diagnostics.EventLog]::SourceExists($EventSource)) {
            [System.Diagnostics.EventLog]::CreateEventSource($EventSource, 'Application')
        }
        [System.Diagnostics.EventLog]::WriteEntry($EventSource, $Text, 'Information', 1)
    }
}

function Start-LabServices {
    # Web first: where the new version cannot start at all, that is seen before the node is touched.
    foreach ($name in @('cellbench-web', 'cellbench-node')) {
        Invoke-Change $name 'start, or restart (tests on the instruments go on)' {
            Restart-Service -Name $name
            Start-Sleep -Seconds 10
            (Get-Service -Name $name).Refresh()
            if ((Get-Service -Name $name).Status -ne 'Running') { Stop-WithReason "$name does not run; see $DataFolder\logs" }
        }
    }
}

Test-Prerequisites
$version = Get-SourceVersion
$environment = Join-Path $ProgramFolder $version
$exe = Join-Path $environment 'Scripts\python.exe'
$lab = Join-Path $DataFolder 'lab.yaml'

Install-Program $environment
Install-Shawl
Initialize-DataFolder $lab
foreach ($service in $Services) {
    Install-LabService $service (Get-ServiceCommand $service $exe $lab)
    Set-ServiceSecrets $service.Name
}
Grant-Folders
Test-Backups $exe $lab
Set-PowerPlan
Set-WindowsUpdate
Set-TimeService
Set-Firewall $exe $lab
Invoke-Change $lab 'create the tables of an empty database, or bring older ones along (both services stop for it)' {
    Get-Service -Name 'cellbench-*' | Stop-Service
    Invoke-Program $exe @('-m', 'orchestrator.cli', 'db', 'upgrade', '--lab', $lab)
}
Start-LabServices
Write-Installed "cellbench $version installed in $environment"
Write-Output "cellbench $version runs. Logs: $DataFolder\logs. Lab file: $lab. Try: & '$environment\Scripts\cellbench.exe' channels --lab '$lab'"
