// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

contract Coin {
    string public constant symbol = "EXC";
    uint8 public constant decimals = 6;
    mapping(address => uint256) public balanceOf;

    constructor(address holder, uint256 amount) {
        balanceOf[holder] = amount;
    }
}

contract OldCoin {
    bytes32 public constant symbol = "OLD";
    uint8 public constant decimals = 6;

    function balanceOf(address) external pure returns (uint256) {
        return 7;
    }
}
